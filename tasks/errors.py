"""What can go wrong, named by its consequence.

DojoError
├── BadInput          the user can mend it: one sentence, exit code 2, nothing spent or written
│   └── Missing       something has to be installed or configured first
├── Stopped           a hard stop was reached; what is done is kept: exit code 3
└── BrokenRun         the run can't go on: a server, the browser or the disk failed
    ├── ModelDown     a model endpoint gave no usable answer for a reason that is not the sample's
    ├── ServerDown    a language server died and could not be replaced
    └── BrowserDown   the browser died and could not be replaced

A bad *sample* raises none of these: it becomes a `record.Rejected`.
"""


class DojoError(Exception):
    """Anything this project raises on purpose; its text is one sentence for the user."""


class BadInput(DojoError):
    """The user's input is wrong; the sentence names the thing and the way out."""


class Missing(BadInput):
    """A tool, a key or a server is not there; the sentence says how to get it."""


class Stopped(DojoError):
    """A limit set by the user, or the user, ended the run; finished work is kept."""


class BrokenRun(DojoError):
    """The run itself, not a sample, has failed."""


class ModelDown(BrokenRun):
    """The model's endpoint can't be used."""


class ServerDown(BrokenRun):
    """A language server can't be used."""


class BrowserDown(BrokenRun):
    """The browser can't be used."""
