"""A planner that splits shared costs, goods or hours among people, item by item."""

import random
from typing import Any

from tasks.model.offline.flavour import Flavour
from tasks.record import Topic

TOPIC: Topic = "tools"
NOUNS = ("Split Planner", "Shared Ledger", "Fair Shares", "Kitty", "Reckoning", "Share Sheet")

_KINDS: tuple[dict[str, str], ...] = (
    {"before": "€", "after": "", "verb": "pays", "amount": "Price", "extra": "Tip", "what": "cost", "total": "To pay"},
    {"before": "£", "after": "", "verb": "owes", "amount": "Cost", "extra": "Service", "what": "cost", "total": "Bill"},
    {"before": "", "after": " kg", "verb": "takes", "amount": "Weight", "extra": "Packing", "what": "load",
     "total": "Load"},
    {"before": "", "after": " h", "verb": "works", "amount": "Hours", "extra": "Breaks", "what": "work",
     "total": "Hours in all"},
)  # fmt: skip


def draw(rng: random.Random, flavour: Flavour) -> dict[str, Any]:
    """Who shares what, in hundredths; the extra in per cent; a newcomer and a new item to try; the sheet's form."""
    people = rng.sample(flavour.people, 5)
    count = rng.choice((3, 3, 4))
    names = rng.sample(flavour.items, 5)
    lines = rng.choice((3, 4))
    items = [
        {
            "name": name,
            "amount": rng.randrange(450, 4800, 5),
            "by": sorted(rng.sample(range(count), rng.randint(2, count))) if index else list(range(count)),
        }
        for index, name in enumerate(names[:lines])
    ]
    return {
        "k": rng.choice(_KINDS),
        "people": people[:count],
        "newcomer": people[4],
        "items": items,
        "new_item": {"name": names[4], "amount": rng.randrange(1000, 3000, 5)},
        "extra": rng.choice((0, 5, 8, 10)),
        "new_extra": rng.choice((12, 15, 20, 25)),
        "layout": rng.choice(("ledger", "receipt", "strip")),
        "reset": rng.choice(("Start again", "Undo everything", "Fresh sheet")),
        "left": rng.choice(("Left over", "Nobody's", "Unclaimed")),
        "sheet": rng.choice(("What there is", "On the table", "The list")),
        "number": rng.randint(104, 989),
    }


def share_out(items: list[dict[str, Any]], count: int, extra: int) -> list[int]:
    """What falls to each of `count` people, in hundredths: odd ones to the first, the extra rounded for each."""
    shares = [0] * count
    for item in items:
        for place, person in enumerate(item["by"]):
            shares[person] += item["amount"] // len(item["by"]) + (place < item["amount"] % len(item["by"]))
    return [share + (share * extra + 50) // 100 for share in shares]


def pose(p: dict[str, Any]) -> dict[str, Any]:
    """The statement and its checks."""
    k, people, items, new = p["k"], p["people"], p["items"], p["new_item"]
    count, first, first_item = len(people), people[0], items[0]
    last = people[-1]

    def money(hundredths: int) -> str:
        return f"{k['before']}{hundredths // 100}.{hundredths % 100:02d}{k['after']}"

    def due(name: str) -> str:
        return f"{name} {k['verb']}"

    dues = share_out(items, count, p["extra"])
    spared = [{**first_item, "by": first_item["by"][1:]}, *items[1:]]
    without = share_out(spared, count, p["extra"])
    more = share_out(items, count, p["new_extra"])
    added = share_out([*items, {**new, "by": list(range(count))}], count, p["extra"])
    listed = "; ".join(f"{item['name']} {money(item['amount'])}" for item in items)
    nobody = money(first_item["amount"])
    removable = [*people, *(item["name"] for item in items), new["name"]]
    statement = (
        f"Write a planner that splits a shared {k['what']} among {', '.join(people)}. The list holds {listed}."
        f' For each item and each person there is a check box, such as "{first} shares {first_item["name"]}"; an '
        "item is"
        f' split evenly among those who share it. What falls to each is shown by name, as in "{due(first)}", and all'
        f' together as "{k["total"]}". The number field "{k["extra"]} in %" adds a percentage for everyone.'
    )
    features = [
        f"The first reckoning, with {p['extra']} % {k['extra'].lower()}: "
        + ", ".join(f'"{due(name)}" {money(value)}' for name, value in zip(people, dues, strict=True)),
        "Hundredths that do not divide go one each to the first sharers in the order of the list, so nothing is lost",
        f'An item that nobody shares is counted in the status "{p["left"]}" instead; at first that is {money(0)}',
        f'"Message" says what is wrong: "Give the item a name.", "{k["amount"]} must be more than 0.", "Give the '
        "person a"
        ' name.", "NAME is already here.", "At least one person has to stay."',
        f'A new item is shared by everybody; a new person has no share in the old items and "{k["verb"]}" {money(0)}',
        "Every item and every person, those added later too, has a button to remove it: "
        + ", ".join(f'"Remove {name}"' for name in removable),
        f"In the same way {first_item['name']} has the check boxes "
        + ", ".join(f'"{name} shares {first_item["name"]}"' for name in people)
        + f'; with {p["newcomer"]} come "{p["newcomer"]} shares {first_item["name"]}" and "{due(p["newcomer"])}"',
        f'"{p["reset"]}" brings back the first list',
    ]
    actions = [
        f'Fill in "Item" and "{k["amount"]}" and press Enter or "Add item"',
        'Fill in "New person" and press "Add person"',
        f'Press "Remove {first_item["name"]}" to strike an item, "Remove {last}" to let a person go',
        f'Untick "{first} shares {first_item["name"]}" and read "{due(first)}"',
        f'Set "{k["extra"]} in %" to {p["new_extra"]}; it may be 0 to 100',
    ]

    def click(name: str) -> dict[str, Any]:
        return {"do": "click", "target": {"role": "button", "name": name}}

    def fill(label: str, text: str) -> dict[str, Any]:
        return {"do": "type", "target": {"label": label}, "text": text}

    def shows(name: str, value: str) -> dict[str, Any]:
        return {"see": "text", "target": {"role": "status", "name": name}, "how": "equals", "value": value}

    def box(person: str, item: str) -> dict[str, str]:
        return {"role": "checkbox", "name": f"{person} shares {item}"}

    untick = {"do": "click", "target": box(first, first_item["name"])}
    add_item = [
        fill("Item", new["name"]),
        fill(k["amount"], f"{new['amount'] / 100:.2f}"),
        {"do": "press", "key": "Enter", "target": {"label": k["amount"]}},
    ]
    add_person = [fill("New person", p["newcomer"]), click("Add person")]
    extra = fill(f"{k['extra']} in %", str(p["new_extra"]))
    everybody = [{"do": "click", "target": box(name, first_item["name"])} for name in people]
    checks = [
        {
            "id": "untick",
            "title": f"Without a share in {first_item['name']}, {due(first)} less and the others more",
            "severity": "critical",
            "steps": [untick],
            "expect": [shows(due(name), money(value)) for name, value in zip(people, without, strict=True)],
        },
        {
            "id": "add-item",
            "title": f"{new['name']} is added with Enter and split among all",
            "severity": "critical",
            "steps": add_item,
            "expect": [
                shows(due(first), money(added[0])),
                shows(k["total"], money(sum(added))),
                {"see": "visible", "target": {"role": "button", "name": f"Remove {new['name']}"}},
            ],
        },
        {
            "id": "extra",
            "title": f"{p['new_extra']} % {k['extra'].lower()} is reckoned for everyone",
            "severity": "critical",
            "steps": [extra],
            "expect": [shows(due(last), money(more[-1])), shows(k["total"], money(sum(more)))],
        },
        {
            "id": "nobody",
            "title": f"What nobody shares is shown as {p['left'].lower()}",
            "severity": "major",
            "steps": everybody,
            "expect": [shows(p["left"], nobody)],
        },
        {
            "id": "newcomer",
            "title": f"{p['newcomer']} joins without a share, and may take one",
            "severity": "major",
            "steps": add_person,
            "expect": [
                shows(due(p["newcomer"]), money(0)),
                {"see": "value", "target": box(p["newcomer"], first_item["name"]), "how": "equals", "value": "false"},
            ],
        },
        {
            "id": "no-amount",
            "title": f"An item without a {k['amount'].lower()} is refused, and the field has the focus",
            "severity": "major",
            "steps": [fill("Item", new["name"]), click("Add item")],
            "expect": [
                shows("Message", f"{k['amount']} must be more than 0."),
                {"see": "focus", "target": {"label": k["amount"]}},
                {
                    "see": "count",
                    "target": {"role": "button", "name": f"Remove {new['name']}"},
                    "how": "equals",
                    "n": 0,
                },
            ],
        },
        {
            "id": "same-name",
            "title": f"A second {first} is refused",
            "severity": "minor",
            "steps": [fill("New person", first), click("Add person")],
            "expect": [shows("Message", f"{first} is already here.")],
        },
        {
            "id": "last-one",
            "title": "The last person can not be removed",
            "severity": "minor",
            "steps": [click(f"Remove {name}") for name in people],
            "expect": [
                shows("Message", "At least one person has to stay."),
                {"see": "visible", "target": {"role": "button", "name": f"Remove {last}"}},
            ],
        },
        {
            "id": "fresh",
            "title": f"{p['reset']} brings back the first list and the first reckoning",
            "severity": "major",
            "steps": [untick, extra, click(f"Remove {items[1]['name']}"), click(p["reset"])],
            "expect": [
                shows(k["total"], money(sum(dues))),
                shows(due(first), money(dues[0])),
                {"see": "visible", "target": {"role": "button", "name": f"Remove {items[1]['name']}"}},
            ],
        },
    ]
    return {"statement": statement, "features": features, "user_actions": actions, "checks": checks}
