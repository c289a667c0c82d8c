"""Everything on one machine under one supervisor: `python -m crm.local`, that is `make run` and `make demo`.

`__main__` puts the parts together, `house` opens and closes them in their order. `folder` holds the data and
the lock, `environment` is what every child is told, `sockets` and `broker` are the places to talk through,
`household` names the children. `supervisor` keeps the `children` alive; `leash` and `watcher` see to it that
none outlives it; `screen` is the one log. `catcher` is the mail server that delivers nothing.
"""
