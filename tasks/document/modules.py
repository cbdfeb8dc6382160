"""The modules of a program: which file each `import` means, and the table by which a browser finds their texts.

A module that is imported has to have an address, and one that is the same for all who import it. The table is an import
map of bare names, `js/list.js`, to `data:` addresses: the names hold wherever the page stands, and two modules may
import each other.
"""

import html
import json
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote

from tasks.document.code import Code, guarded, read
from tasks.document.parts import Edit, Part, Parts, Unit, edited, joined, whole
from tasks.document.reference import Own, data_url, find, folder_of, media_type, resolve
from tasks.document.sprite import asset_edits
from tasks.record import Program

_KEPT = "!'()*-._~"
"""What JavaScript's `encodeURIComponent` leaves as it is (ECMA-262, 19.2.6.4), besides letters and digits."""
_LOADER = """{
const imports = {};
for (const module of document.querySelectorAll("script[data-module]")) {
const address = `data:${module.dataset.as};charset=utf-8,` + encodeURIComponent(module.dataset.text ?? module.text);
for (const name of module.dataset.module.split(" ")) imports[name] = address;
module.remove();
}
const map = document.createElement("script");
map.type = "importmap";
map.text = JSON.stringify({ imports });
document.currentScript.replaceWith(map);
map.remove();
}"""


@dataclass(frozen=True)
class Names:
    """What the page's own import map says: a name, or the beginning of one, and the reference that it stands for."""

    given: dict[str, str]

    @classmethod
    def read(cls, maps: list[str]) -> "Names":
        """The `imports` of each map; what is malformed says nothing."""
        given: dict[str, str] = {}
        for text in maps:
            try:
                imports = json.loads(text)["imports"]
                given |= {k: v for k, v in imports.items() if isinstance(v, str) and k not in given}
            except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
                continue
        return cls(given)

    def own(self, specifier: str, folder: str, base: str | None) -> Own | None:
        """The file that an import of a module in `folder` means; None if it is none of the program's."""
        if specifier.startswith(("./", "../", "/")):
            return resolve(specifier, folder)
        if specifier in self.given:
            return resolve(self.given[specifier], base)
        for key in sorted(self.given, key=len, reverse=True):
            if key.endswith("/") and specifier.startswith(key):
                return resolve(self.given[key] + specifier[len(key) :], base)
        return None


class Modules:
    """Every module of a program that another one, or the page, imports."""

    def __init__(self, program: Program, base: str | None, names: Names) -> None:
        self.program = program
        self.base = base
        self.names = names
        self.imported: dict[str, None] = {}
        """Names of the files that need an address, in the order in which they are met."""
        self._computed = False

    def meet(self, text: str, folder: str | None) -> None:
        """Note what a script imports, and what that imports."""
        code = read(text)
        self._computed |= code.computes_imports
        for name in self._imports(code, folder):
            self.need(name)

    def need(self, name: str) -> None:
        """Note that a file needs an address."""
        if name not in self.imported:
            self.imported[name] = None
            if media_type(name) == "text/javascript":
                self.meet(whole(self.program, name)[0], folder_of(name))

    def settle(self) -> None:
        """When all scripts are met: one that works out what it imports may mean any module."""
        if self._computed:
            for file in self.program.files:
                if file.filename.endswith((".js", ".mjs")) and _is_module(file.content):
                    self.need(file.filename)

    def text(self, name: str) -> Parts:
        """A script file with the names of its modules as the table has them."""
        text, at = whole(self.program, name)
        return edited(name, text, self._edits(text, folder_of(name), name), at)

    def inline(self, text: str, at: int) -> Parts:
        """The same of a script that stands in the page."""
        return edited("index.html", text, self._edits(text, self.base, ""), at)

    def table(self) -> str:
        """The elements that make the import map and take themselves away."""
        found = []
        for name in self.imported:
            parts = self.unit_parts(name)
            safe = guarded(parts)
            keys = " ".join([name, *self._aliases(name)]) if self._computed else name
            kept = "" if safe else f' data-text="{html.escape(joined(parts))}"'
            head = f'<script type="text/plain" data-module="{html.escape(keys)}" data-as="{media_type(name)}"{kept}>'
            found.append(f"{head}{joined(safe or ())}</script>")
        return "".join(found) + f"<script>{_LOADER}</script>" if found else ""

    def unit_parts(self, name: str) -> Parts:
        """A module as the engine compiles it."""
        if media_type(name) != "text/javascript":
            text, at = whole(self.program, name)
            return edited(name, text, (), at)
        return (*self.text(name), Part(f"\n//# sourceURL={name}\n"))

    def units(self) -> tuple[Unit, ...]:
        """The modules of the table as the engine compiles them."""
        made = []
        for name in self.imported:
            parts = self.unit_parts(name)
            parts = guarded(parts) or parts
            made.append(Unit(name, parts, _address(media_type(name), joined(parts))))
        return tuple(made)

    def _aliases(self, name: str) -> Iterator[str]:
        yield f"./{name}"
        for key, reference in self.names.given.items():
            own = resolve(reference, self.base)
            if own and own.name == name and " " not in key:
                yield key

    def _imports(self, code: Code, folder: str | None) -> Iterator[str]:
        for literal in code.imports:
            own = self.names.own(literal.value, folder, self.base) if folder is not None else None
            if own and self.program.text(own.name) is not None:
                yield own.name

    def _edits(self, text: str, folder: str | None, name: str) -> Iterator[Edit]:
        code = read(text)
        for literal in code.imports:
            own = self.names.own(literal.value, folder, self.base) if folder is not None else None
            if own and self.program.text(own.name) is not None:
                yield literal.start, literal.end, (Part(json.dumps(own.name)),)
        if name:
            for literal in code.beside:
                beside = find(self.program, literal.value, folder)
                if beside:
                    address = data_url(beside.name, self.program.text(beside.name) or "")
                    yield literal.start, literal.end, (Part(f"new URL({json.dumps(address)})"),)
            for start, end in code.own_addresses:
                yield start, end, (Part(f"new URL({json.dumps(name)}, document.baseURI).href"),)
        yield from asset_edits(self.program, code, self.base)


def _address(kind: str, text: str) -> str:
    """The address that the loader gives a module."""
    return f"data:{kind};charset=utf-8,{quote(text, safe=_KEPT, errors='replace')}"


def _is_module(text: str) -> bool:
    return any(node.type in ("import_statement", "export_statement") for node in read(text).root.named_children)
