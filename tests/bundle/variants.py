# ruff: noqa: E501 - a page reads best as its author wrote it
"""Ways in which a page can be put together, each a program of a few files.

Scripts say what they do with `say(…)`, which the test puts into every page. `later` marks what is not over at the load
event: such a page sets `pending` to true and then to false.
"""

from dataclasses import dataclass

DOC = "<!DOCTYPE html>\n"
BODY = "<main><p id=p class=note>Hello</p><ul><li>one<li>two</ul></main>"
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="24" height="12" viewBox="0 0 24 12"><rect id="r" width="24" height="12" fill="#c30"/></svg>'
SPRITE = (
    '<?xml version="1.0"?><!-- two --><svg xmlns="http://www.w3.org/2000/svg"><defs><linearGradient id="g"><stop stop-color="red"/></linearGradient></defs>'
    '<symbol id="sun" viewBox="0 0 8 8"><circle cx="4" cy="4" r="4" fill="url(#g)"/></symbol><symbol id="moon" viewBox="0 0 8 8"><rect width="8" height="4"/></symbol></svg>'
)
SEES = "say([{name!r}, document.readyState, !!document.querySelector('#p'), document.currentScript && document.currentScript.id])"


@dataclass(frozen=True)
class Variant:
    name: str
    files: dict[str, str]
    unordered: bool = False
    """Whether the browser leaves the order of the scripts open."""


def sees(name: str, more: str = "") -> str:
    """A script that says when it runs and what it finds."""
    return (
        f"say(['{name}', document.readyState, !!document.querySelector('#p'), document.currentScript && document.currentScript.id]);\n"
        f"Promise.resolve().then(() => say('{name} microtask'));\n{more}\n"
    )


def page(head: str = "", body: str = BODY) -> str:
    return f'{DOC}<html lang="en">\n<head>\n<meta charset="utf-8"><title>Page</title>\n{head}\n</head>\n<body>\n{body}\n</body>\n</html>\n'


def _variant(name: str, index: str, unordered: bool = False, **files: str) -> Variant:
    named = {key.replace("__", "/").replace("_", "."): text for key, text in files.items()}
    return Variant(name, {"index.html": index, **named}, unordered)


A, B, C = sees("a"), sees("b"), sees("c")
LISTENS = "document.addEventListener('DOMContentLoaded', () => say('a heard DOMContentLoaded')); addEventListener('load', () => say('a heard load'));"
INIT = "const init = () => say(['init', document.readyState]); if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', init); else init();"

SCRIPTS = [
    _variant("plain-in-body", page(body=BODY + "<script src=a.js></script>"), a_js=A),
    _variant("plain-in-head", page('<script src="a.js"></script>'), a_js=A),
    _variant("defer-in-head", page('<script src="a.js" defer></script>'), a_js=sees("a", LISTENS)),
    _variant("defer-ready-state", page('<script defer src="a.js"></script>'), a_js=INIT),
    _variant("defer-in-body", page(body='<script defer src="a.js"></script>' + BODY), a_js=A),
    _variant(
        "defer-three-in-order",
        page(
            "<script defer src=a.js id=one></script><script defer src=\"./b.js\" id=two></script><script DEFER SRC='/c.js'></script>".replace(
                "/c.js", "c.js"
            )
        ),
        a_js=A,
        b_js=B,
        c_js=C,
    ),
    _variant(
        "defer-shares-lexical-globals",
        page('<script defer src="a.js"></script><script defer src="b.js"></script>'),
        a_js="const state = { n: 1 }; class Dial {}",
        b_js="say([state.n, typeof Dial, typeof window.state, this === window]);",
    ),
    _variant(
        "defer-true-written-out",
        page('<script type="text/javascript" src="a.js" defer="defer" charset="utf-8"></script>'),
        a_js=sees("a", "say(document.currentScript.type)"),
    ),
    _variant("defer-without-src-is-nothing", page("<script defer>say(document.readyState)</script>")),
    _variant(
        "defer-and-plain",
        page('<script defer src="a.js"></script><script src="b.js"></script>', BODY + '<script src="c.js"></script>'),
        a_js=A,
        b_js=B,
        c_js=C,
    ),
    _variant(
        "defer-and-inline",
        page(
            '<script defer src="a.js"></script><script id=i>say([typeof fromA]);var early = 1</script>',
            BODY + "<script>say('end of body')</script>",
        ),
        a_js=sees("a", "var fromA = early"),
    ),
    _variant(
        "defer-throws",
        page('<script defer src="a.js"></script><script defer src="b.js"></script>'),
        a_js="say('a');\n\nnull.x;\nsay('never')",
        b_js=B,
    ),
    _variant(
        "defer-syntax-error",
        page('<script defer src="a.js"></script><script defer src="b.js"></script>'),
        a_js="say('a');\nlet x = ;\n",
        b_js=B,
    ),
    _variant(
        "defer-redeclares",
        page('<script src="a.js"></script><script src="b.js"></script>'),
        a_js="let x = 1",
        b_js="say('b');\nlet x = 2",
    ),
    _variant(
        "defer-and-dom-order",
        page('<script defer src="a.js"></script>', "<section><h1>t</h1></section>" + BODY),
        a_js="say([...document.querySelectorAll('body *')].map((e) => e.tagName).join()); say(document.body.lastElementChild.tagName); say(document.scripts.length)",
    ),
    _variant("async", page('<script async src="a.js"></script>'), unordered=True, a_js="say('a')"),
    _variant(
        "async-and-defer",
        page('<script async defer src="a.js"></script><script defer src="b.js"></script>'),
        unordered=True,
        a_js="say('a')",
        b_js="say('b')",
    ),
    _variant(
        "async-listens-to-load",
        page('<script async src="a.js"></script>'),
        unordered=True,
        a_js="addEventListener('load', () => say('heard'))",
    ),
    _variant(
        "several-in-order",
        page(
            '<script src="a.js"></script><script>say("between")</script><script src="b.js"></script>',
            BODY + '<script src="c.js"></script><script>say("last")</script>',
        ),
        a_js=A,
        b_js=B,
        c_js=C,
    ),
    _variant(
        "nomodule",
        page(
            '<script nomodule src="a.js"></script><script nomodule>say("no")</script><script nomodule defer src="a.js"></script><script type=module src="b.js"></script>'
        ),
        a_js="say('old')",
        b_js="say('new')",
    ),
    _variant(
        "data-script-with-src",
        page(
            '<script type="text/template" id=t src="a.js">kept</script><script>say(document.querySelector("#t").text)</script>'
        ),
        a_js="say('never')",
    ),
    _variant(
        "json-script",
        page('<script type="application/json" id=d>{"a": "<b>"}</script><script defer src="a.js"></script>'),
        a_js="say(JSON.parse(document.getElementById('d').textContent).a)",
    ),
    _variant(
        "type-with-parameters",
        page(
            '<script type="text/javascript; charset=utf-8" src="a.js"></script><script type=" TEXT/JavaScript " src="b.js"></script><script language=javascript src=c.js></script><script type="" src=c.js></script>'
        ),
        a_js="say('never')",
        b_js="say('b')",
        c_js="say('c')",
    ),
    _variant(
        "src-and-content",
        page('<script src="a.js">say("not this")</script><script src="a.js" defer>say("not this either")</script>'),
        a_js="say('a')",
    ),
    _variant(
        "current-script",
        page(
            '<script defer id="app" data-level="3" class="x y" src="a.js?v=2#top"></script><script data-n=1 src=a.js></script>'
        ),
        a_js="const s = document.currentScript; say([s.id, { ...s.dataset }, s.className, s.getAttribute('src'), new URL(s.src).pathname.split('/').pop(), s.parentNode.tagName]);".replace(
            "const s", "var s"
        ),
    ),
    _variant(
        "current-script-strict",
        page('<script src="a.js"></script>'),
        a_js="// first\n'use strict';\nsay(document.currentScript.getAttribute('src'));\nsay((function () { return this === undefined })())",
    ),
    _variant(
        "finds-itself",
        page('<script defer src="a.js" data-tag="k"></script>'),
        a_js="say(document.querySelector('script[src=\"a.js\"]').dataset.tag)",
    ),
    _variant(
        "strict",
        page('<script src="a.js"></script><script src="b.js" defer></script>'),
        a_js="'use strict';\nsay((function () { return this === undefined })())",
        b_js="say((function () { return this === window })())",
    ),
    _variant(
        "onload-attribute",
        page(
            '<script src="a.js" onload="say(\'loaded\')"></script><script defer src="b.js" onload="say(\'b loaded\')"></script>'
        ),
        a_js=A,
        b_js=B,
    ),
    _variant(
        "load-listener",
        page(
            "<script defer id=s src='a.js'></script><script>document.getElementById('s').addEventListener('load', () => say('loaded'))</script>"
        ),
        a_js="say('a')",
    ),
    _variant(
        "missing-file",
        page('<script src="gone.js" onerror="say(\'error\')"></script><script defer src="a.js"></script>'),
        a_js=A,
    ),
    _variant(
        "dom-content-loaded",
        page(
            "<script>document.addEventListener('DOMContentLoaded', () => say('inline heard'))</script><script defer src='a.js'></script>"
        ),
        a_js=sees("a", LISTENS),
    ),
    _variant(
        "body-onload",
        page('<script defer src="a.js"></script>', BODY).replace("<body>", '<body onload="start()">'),
        a_js="function start() { say('started') }",
    ),
    _variant(
        "document-write",
        page('<script>document.write("<b id=w>written</b>")</script>', BODY + '<script src="a.js"></script>'),
        a_js="document.write('<i>more</i>'); say(!!document.querySelector('#w'))",
    ),
    _variant(
        "document-write-deferred",
        page('<script defer src="a.js"></script>'),
        a_js="document.write('<i>more</i>'); say(document.querySelectorAll('i').length)",
    ),
    _variant(
        "script-end-in-string",
        page('<script defer src="a.js"></script><script src="b.js"></script>'),
        a_js="say('</script><b>'); say(`</SCRIPT >`); say(/<\\/script>/.source.length); // </script>\n/* <!-- <script> */ say('<!--<script>')",
        b_js="say(['<script>', '<!-- </script> -->', \"-->\"].join()); const r = /<!--/; say(r.test('<!--'))",
    ),
    _variant(
        "script-end-in-raw-template",
        page('<script src="a.js"></script><script defer src="a.js"></script>'),
        a_js="say(String.raw`a</script>b\\n`)",
    ),
    _variant(
        "html-comment-in-script",
        page('<script src="a.js"></script>'),
        a_js="<!-- hidden\nvar a = 3; say(a);\nsay('</script>')\n--> hidden too\nsay('on')",
    ),
    _variant(
        "quotes-backslashes-unicode",
        page('<script defer src="a.js"></script>'),
        a_js="say(\"a\\\\'b & <i> ü 日本 😀 \\u0041 %41 #\"); say('\\'')",
    ),
    _variant(
        "line-ends",
        page('<script src="a.js"></script>').replace("\n", "\r\n"),
        a_js="say(`a\r\nb`.length);\r\n// c\r\nsay('d')",
    ),
    _variant(
        "byte-order-marks",
        "\ufeff" + page('<link rel=stylesheet href=s.css><script defer src="a.js"></script>'),
        a_js="\ufeffsay(document.compatMode)",
        s_css="\ufeff#p { color: rgb(1, 2, 3) }",
    ),
    _variant(
        "charset-late",
        f"{DOC}<link rel=stylesheet href=s.css><script defer src=a.js></script><meta charset=utf-8><title>ü</title>{BODY}",
        a_js="say(document.title + 'ß')",
        s_css="/* " + "é" * 900 + " */ #p::before { content: 'ö' }",
    ),
    _variant("inline-last-line-comment", page('<script src="a.js"></script>'), a_js="say('a') // the end"),
]
MARKUP = [
    _variant(
        "comment-with-scripts",
        page(
            '<!-- <script src="a.js"></script> --><!--><script src="b.js"></script><!-- > --!><script src=b.js></script>'
        ),
        a_js="say('never')",
        b_js="say('b')",
    ),
    _variant(
        "conditional-comment",
        page('<!--[if IE]><script src="a.js"></script><![endif]--><![if !IE]><script src="b.js"></script><![endif]>'),
        a_js="say('never')",
        b_js="say('b')",
    ),
    _variant(
        "tags-in-textarea-and-title",
        page(
            "<title><script src=a.js></title>",
            BODY
            + '<textarea id=t><script src="a.js"></script><link rel=stylesheet href=s.css></textarea><script defer src="a.js"></script>',
        ),
        a_js="say(document.getElementById('t').value.length); say(document.title)",
        s_css="p { color: red }",
    ),
    _variant(
        "tags-in-strings",
        page('<script>const html = \'<link rel="stylesheet" href="s.css"><img src=none>\'; say(html.length)</script>'),
        s_css="p { color: red }",
    ),
    _variant(
        "tags-in-attributes",
        page(
            body=BODY
            + "<p title='<script src=a.js></script>' data-x=\"<link rel=stylesheet href=s.css>\">x</p><script defer src=a.js></script>"
        ),
        a_js="say(document.querySelector('[title]').title)",
        s_css="p { color: red }",
    ),
    _variant(
        "template",
        page(
            '<script defer src="b.js"></script>',
            BODY
            + '<template id=t><style>i { color: rgb(9, 9, 9) }</style><link rel=stylesheet href=s.css><script src="a.js"></script><img src="i.svg" alt=""></template>',
        ),
        a_js="say('from the template')",
        b_js="document.body.append(document.getElementById('t').content.cloneNode(true)); say('cloned')",
        s_css="p { left: 1px }",
        i_svg=SVG,
        unordered=True,
    ),
    _variant(
        "noscript",
        page(
            '<noscript><link rel=stylesheet href=s.css></noscript><script defer src="a.js"></script>',
            BODY + "<noscript><script src=a.js></script><p>no</p></noscript>",
        ),
        a_js="say(document.querySelectorAll('noscript').length)",
        s_css="p { color: red }",
    ),
    _variant(
        "uppercase-and-unquoted",
        f"<!doctype HTML><HTML><HEAD><LINK REL=StyleSheet HREF=s.css><SCRIPT SRC=a.js DEFER></SCRIPT></HEAD><BODY>{BODY}<SCRIPT\nSRC = 'b.js'\n></SCRIPT\n></BODY></HTML>",
        a_js=A,
        b_js=B,
        s_css="#p { color: rgb(1, 2, 3) }",
    ),
    _variant(
        "no-head-no-body",
        f"{DOC}<title>t</title><link rel=stylesheet href=s.css><script defer src=a.js></script>{BODY}",
        a_js=A,
        s_css="#p { color: rgb(1, 2, 3) }",
    ),
    _variant(
        "quirks",
        f"<link rel=stylesheet href=s.css><script defer src=a.js></script>{BODY}",
        a_js="say(document.compatMode)",
        s_css="#P { color: rgb(1, 2, 3) } table { color: red }",
    ),
    _variant("unclosed-comment-at-the-end", page('<script defer src="a.js"></script>') + "<!-- never closed", a_js=A),
    _variant(
        "unclosed-script",
        f'{DOC}<script defer src="a.js"></script>{BODY}<script src="b.js">',
        a_js=A,
        b_js="say('never')",
    ),
    _variant(
        "after-the-end",
        page() + '<script defer src="a.js"></script><p>late</p>',
        a_js="say([document.querySelectorAll('p').length, document.currentScript.parentNode.tagName])",
    ),
    _variant(
        "less-than-in-text",
        page(body=f"{BODY}<p>1 < 2 and a<b and 3 <4</p></b><script defer src='a.js'></script>"),
        a_js="say(document.querySelectorAll('b').length)",
    ),
    _variant(
        "entities-in-references",
        page(
            '<link rel="stylesheet" href="s&#46;css?a=1&amp;b=2"><script src="./x/../a%2ejs"></script>'.replace(
                "%2e", "."
            )
        ),
        a_js="say('a')",
        s_css="#p { color: rgb(1, 2, 3) }",
    ),
    _variant(
        "svg-title-and-style",
        page(
            body=f'{BODY}<svg width=10 height=10><title>a <b>x</b></title><style>rect {{ fill: rgb(1, 2, 3) }}</style><rect width=5 height=5 /></svg><script defer src="a.js"></script>'
        ),
        a_js="say(getComputedStyle(document.querySelector('rect') || document.body).fill)",
    ),
    _variant(
        "folders",
        page('<link rel=stylesheet href="css/s.css"><script defer src="js/a.js"></script>'),
        js__a_js=A,
        css__s_css="#p { color: rgb(1, 2, 3) }",
    ),
    _variant(
        "base-folder",
        page(
            '<base href="assets/"><link rel=stylesheet href="s.css"><script defer src="a.js"></script>',
            BODY + '<img src="i.svg" alt="">',
        ),
        assets__a_js="say(document.baseURI.endsWith('/assets/'))",
        assets__s_css="#p { color: rgb(1, 2, 3) }",
        assets__i_svg=SVG,
    ),
    _variant("base-here", page('<base href="./" target="_self"><script defer src="a.js"></script>'), a_js=A),
]
MODULES = [
    _variant(
        "module",
        page('<script type="module" src="a.js"></script>'),
        a_js=sees("a", "const state = 1; say([this === undefined, typeof window.state]);" + LISTENS),
    ),
    _variant("module-inline", page('<script type="module">say([document.readyState, this === undefined])</script>')),
    _variant(
        "module-imports",
        page('<script type="module" src="main.js"></script>'),
        main_js="import { n, up } from './count.js'; import * as all from \"./names.mjs\"; say(n); up(); say(n); say(Object.keys(all)); export {};",
        count_js="export let n = 1; export const up = () => { n += 1 }; say('count')",
        names_mjs="export * from './count.js'; export default 5; say('names')",
    ),
    _variant(
        "module-inline-imports",
        page('<script type=module>import d, { x as y } from "./lib.js";\nsay([d, y])</script>'),
        lib_js="export const x = 1; export default function () {}\nsay('lib')".replace("function () {}", "7"),
    ),
    _variant(
        "module-cycle",
        page("<script type=module src=a.js></script>"),
        a_js="import { b } from './b.js'; export const a = () => 'a'; say(b())",
        b_js="import { a } from './a.js'; export const b = () => a() + 'b'",
    ),
    _variant(
        "module-twice",
        page(
            '<script type=module src=a.js></script><script type=module src=a.js></script><script type=module>import "./a.js"; say("third")</script>'
        ),
        a_js="say('once')",
    ),
    _variant(
        "module-folders",
        page('<script type="module" src="js/main.js"></script>'),
        js__main_js="import { v } from './parts/v.js'; import '../top.js'; say(v)",
        js__parts__v_js="import { w } from '../w.js'; export const v = w + 1",
        js__w_js="export const w = 1",
        top_js="say('top')",
    ),
    _variant(
        "module-and-defer",
        page(
            '<script type=module src=a.js></script><script defer src=b.js id=b></script><script type=module>say("inline module")</script><script defer src=c.js></script>'
        ),
        a_js=A,
        b_js=B,
        c_js=C,
    ),
    _variant(
        "module-top-level-await",
        page("<script type=module src=a.js></script><script defer src=b.js></script>"),
        a_js="say('a'); await null; say('a after await')",
        b_js="say('b')",
    ),
    _variant(
        "module-async",
        page("<script type=module async src=a.js></script>"),
        unordered=True,
        a_js="import './b.js'; say('a')",
        b_js="say('b')",
    ),
    _variant(
        "module-throws",
        page("<script type=module src=a.js></script><script type=module src=b.js></script>"),
        a_js="say('a');\nnull.x",
        b_js="import './c.js'; say('never')",
        c_js="say('c');\n\nundefined.y",
    ),
    _variant(
        "module-missing-export",
        page('<script type=module src=a.js></script><script>say("on")</script>'),
        a_js="import { nothing } from './b.js'; say('never')",
        b_js="export const something = 1",
    ),
    _variant(
        "dynamic-import",
        unordered=True,
        index=page('<script>var pending = true; import("./a.js").then((m) => { say(m.v); pending = false })</script>'),
        a_js="import { w } from './b.js'; export const v = w",
        b_js="export const w = 4",
    ),
    _variant(
        "dynamic-import-computed",
        page('<script defer src="main.js"></script>'),
        main_js="var pending = true; const n = 2; import(`./level${n}.js`).then((m) => { say(m.name); pending = false })",
        level1_js="export const name = 'first'",
        level2_js="import { t } from './t.js'; export const name = 'second' + t",
        t_js="export const t = '!'",
    ),
    _variant(
        "import-map",
        page(
            '<script type="importmap">{"imports": {"store": "./lib/store.js", "parts/": "./lib/parts/"}}</script><script type=module>import { s } from "store"; import { d } from "parts/dial.js"; say([s, d]); var pending = true; import("store").then((m) => say(m.s))</script>'.replace(
                "var pending = true; ", ""
            )
        ),
        lib__store_js="export const s = 's'; say('store')",
        lib__parts__dial_js="import { s } from 'store'; export const d = s + 'd'",
    ),
    _variant(
        "import-meta",
        page('<script type=module src="js/a.js"></script>'),
        js__a_js="import './b.js'; say(new URL(import.meta.url).pathname.split('/').slice(-2).join('/').replace('index.html', ''))".replace(
            ".replace('index.html', '')", ""
        ),
        js__b_js="say(import.meta.url.endsWith('js/b.js'))",
    ),
    _variant(
        "json-module",
        page('<script type=module src="a.js"></script>'),
        a_js="import data from './d.json' with { type: 'json' }; say(data.n)",
        d_json='{"n": "</script>"}',
    ),
    _variant(
        "module-script-end",
        page('<script type=module src="a.js"></script>'),
        a_js="import { t } from './b.js'; say(t)",
        b_js="export const t = String.raw`</script>` + '</script>'",
    ),
    _variant(
        "modulepreload", page('<link rel="modulepreload" href="a.js"><script type=module src="a.js"></script>'), a_js=A
    ),
    _variant(
        "module-load-event",
        page('<script type=module src="a.js" onload="say(\'loaded\')"></script>'),
        a_js="import './b.js'; say('a')",
        b_js="say('b')",
    ),
]
P = "#p { color: rgb(1, 2, 3); }"
STYLES = [
    _variant("style-sheet", page('<link rel="stylesheet" href="s.css">'), s_css=P),
    _variant(
        "style-order",
        page(
            "<style>#p { color: rgb(5, 5, 5) } li { color: red }</style><link rel=stylesheet href=s.css><style>li { color: rgb(7, 7, 7) }</style><link rel=stylesheet href=t.css>"
        ),
        s_css=P + "li { color: blue }",
        t_css="#p { top: 4px }",
    ),
    _variant("style-in-body", page(body=BODY + '<link rel="stylesheet" href="s.css"><div>x</div>'), s_css=P),
    _variant(
        "style-media",
        page(
            '<link rel=stylesheet href=s.css media="print"><link rel=stylesheet href=t.css media="(min-width: 100px) and (max-width: 5000px)">'
        ),
        s_css=P,
        t_css="#p { top: 3px }",
    ),
    _variant(
        "style-disabled",
        page(
            "<link rel=stylesheet id=s href=s.css disabled><link rel=stylesheet id=t href=t.css><script defer src=a.js></script>"
        ),
        s_css=P,
        t_css="#p { top: 3px }",
        a_js="var t = document.getElementById('t'); t.disabled = true; say(document.getElementById('s').disabled)",
    ),
    _variant(
        "style-enabled-later",
        page("<link rel=stylesheet id=s href=s.css disabled><script defer src=a.js></script>"),
        s_css=P,
        a_js="var pending = true; var s = document.getElementById('s'); s.onload = () => { say('loaded'); pending = false }; s.disabled = false",
    ),
    _variant(
        "style-alternate",
        page(
            '<link rel="alternate stylesheet" title=Dark href=d.css><link rel=stylesheet title=Light href=l.css><link rel=stylesheet href=s.css>'
        ),
        d_css="#p { color: red }",
        l_css=P,
        s_css="#p { top: 2px }",
    ),
    _variant(
        "style-alternate-chosen",
        page(
            '<link rel="stylesheet" title=Light href=l.css><link rel="alternate stylesheet" title=Dark href=d.css><script defer src=a.js></script>'
        ),
        d_css="#p { color: rgb(8, 8, 8) }",
        l_css=P,
        a_js="for (const l of document.querySelectorAll('link[title]')) l.disabled = l.title !== 'Dark'",
    ),
    _variant(
        "style-print-onload", page("<link rel=stylesheet href=s.css media=print onload=\"this.media='all'\">"), s_css=P
    ),
    _variant(
        "style-preload-onload",
        page("<link rel=preload as=style href=s.css onload=\"this.onload=null;this.rel='stylesheet'\">"),
        s_css="li { color: red }",
    ),
    _variant(
        "style-import",
        page("<link rel=stylesheet href=s.css>"),
        s_css="@charset 'utf-8';\n@import 'a.css'; @import url(b.css) screen and (min-width: 10px); @import url('c.css') print;\n#p { top: 1px }",
        a_css="@import './d.css';\nli { color: rgb(4, 4, 4) }",
        b_css=P,
        c_css="#p { left: 9px }",
        d_css="li { color: red; top: 2px }",
    ),
    _variant(
        "style-import-layers",
        page(
            '<style>@layer base, theme;\n@import url("a.css") layer(base);\n@import "b.css" layer(theme) supports(display: grid) screen;\n@import "c.css" layer;\n@import "d.css" supports(not (display: grid));</style>'
        ),
        a_css=P,
        b_css="#p { color: rgb(6, 6, 6) }",
        c_css="#p { top: 6px }",
        d_css="#p { left: 6px }",
    ),
    _variant(
        "style-import-cycle",
        page("<link rel=stylesheet href=a.css>"),
        a_css="@import 'b.css'; #p { top: 1px }",
        b_css="@import 'a.css'; " + P,
    ),
    _variant(
        "style-import-late-is-nothing",
        page("<link rel=stylesheet href=a.css>"),
        a_css="#p { top: 1px } @import 'b.css';",
        b_css=P,
    ),
    _variant(
        "style-import-unclosed",
        page("<link rel=stylesheet href=a.css>"),
        a_css="@import 'b.css';\n@import 'c.css';\nli { top: 2px }",
        b_css="@media screen { #p { color: rgb(1, 2, 3)",
        c_css="li { color: rgb(4, 4, 4) } /* open",
    ),
    _variant(
        "style-url-nested",
        page(
            "<link rel=stylesheet href=css/s.css>",
            BODY + '<div id=d style="background: url(img/i.svg); width: 24px; height: 12px"></div>',
        ),
        css__s_css="@import 'more/m.css'; #p { background-image: url('../img/i.svg') }",
        css__more__m_css='li { list-style: url(../../img/i.svg?x#r); } ul { background: url( "j.svg" ) }',
        img__i_svg=SVG,
        css__more__j_svg=SVG,
    ),
    _variant(
        "style-end-in-css",
        page("<link rel=stylesheet href=s.css><style>li { color: rgb(4, 4, 4) }</style>"),
        s_css="#p::before { content: '</style><b>' } /* </style> */ #p { color: rgb(1, 2, 3) }",
    ),
    _variant("style-wrong-type", page('<link rel=stylesheet type="text/plain" href=s.css>'), s_css="#p { color: red }"),
    _variant(
        "style-image-set",
        page("<link rel=stylesheet href=s.css>"),
        s_css='#p { background-image: image-set("i.svg" 1x, url(i.svg) 2x); content: "i.svg" }',
        i_svg=SVG,
    ),
    _variant(
        "style-variables",
        page("<link rel=stylesheet href=s.css><script defer src=a.js></script>"),
        s_css=":root { --ink: rgb(1, 2, 3); --pic: url(i.svg) } #p { color: var(--ink); background: var(--pic) }",
        a_js="say(getComputedStyle(document.documentElement).getPropertyValue('--ink'))",
        i_svg=SVG,
    ),
    _variant(
        "style-blocks-script",
        page("<link rel=stylesheet href=s.css><script src=a.js></script>"),
        s_css="html { top: 5px }",
        a_js="say(getComputedStyle(document.documentElement).top)",
    ),
]
ASSETS = [
    _variant(
        "image",
        page(
            body=BODY
            + '<img src="i.svg" alt=""><img src=./i.svg alt=""><img srcset="j.svg 1x, ./k.svg 2x" alt=""><input type=image src=i.svg alt=x>'
        ),
        i_svg=SVG,
        j_svg=SVG.replace('"r"', '"j"'),
        k_svg=SVG.replace('width="24" height="12"', 'width="48" height="24"', 1),
    ),
    _variant(
        "picture",
        page(
            body=BODY + '<picture><source srcset="i.svg" media="(min-width: 1px)"><img src="gone.svg" alt=""></picture>'
        ),
        i_svg=SVG,
    ),
    _variant(
        "svg-image",
        page(
            body=BODY
            + '<svg width=30 height=20><image href="i.svg" width=24 height=12 /><image xlink:href="i.svg" x=5 width=24 height=12 /></svg>'
        ),
        i_svg=SVG,
    ),
    _variant(
        "svg-use",
        page(
            body=BODY
            + '<svg id=s width=8 height=8><use href="icons.svg#sun"/></svg><svg width=8 height=8><use xlink:href="icons.svg#moon"></use></svg><i id=sun></i>'
        ),
        icons_svg=SPRITE,
    ),
    _variant(
        "svg-script", page(body=BODY + '<svg width=8 height=8><script href="a.js"></script></svg>'), a_js="say('a')"
    ),
    _variant("icon", page('<link rel="icon" type="image/svg+xml" href="i.svg">'), i_svg=SVG),
    _variant(
        "script-sets-image",
        page(body=BODY + "<img id=i alt=''><script src=a.js></script>"),
        a_js="const icons = { sun: 'i.svg' }; document.getElementById('i').src = icons.sun; document.body.insertAdjacentHTML('beforeend', `<img alt='' src=\"./i.svg\">`); say(document.images.length)",
        i_svg=SVG,
    ),
    _variant(
        "script-writes-use",
        page(body=BODY + "<script src=a.js></script>"),
        a_js="for (const n of ['sun', 'moon']) document.body.insertAdjacentHTML('beforeend', `<svg width=8 height=8><use href=\"icons.svg#${n}\"></use></svg>`)",
        icons_svg=SPRITE,
    ),
]
VARIANTS = [*SCRIPTS, *MARKUP, *MODULES, *STYLES, *ASSETS]
