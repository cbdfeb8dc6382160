"""The seal: one page for four versions, and keys that say which of them it shows (decision 20, docs/seal.md).

    page.py      versions made into one page with sites, and a page opened again
    align.py     the parts that texts have in common, and the places where they differ
    mixing.py    what a key's nonce comes to: at least 100,000 steps of integer mixing
    keys.py      keys for any number of copies, and whose copy a key is
    loader.js    the same in the browser: reads the key, writes the document

On the ground floor: augment measures sealed pages, shards hold them, the feed makes more copies.
"""
