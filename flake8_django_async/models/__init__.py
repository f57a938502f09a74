"""What is known of libraries, as rows: one TOML file per library.

A file names its library. It is read when something is asked of a module that its paths begin with::

    library = "httpx"              # distribution, for the proof that each row names something that exists

    [by_name]                      # optional: methods that a name alone tells, when nothing is known of the receiver
    types = ["django.db.models.QuerySet"]          # rows of these types that have an effect ...
    lookalikes = ["aget"]                          # ... but these names, and names that rows with another effect have

    [[type]]                       # a class whose members rows speak of, where plain paths do not say enough
    path = "httpx.AsyncClient"
    aliases = ["httpx._client.AsyncClient"]        # other paths of the same class
    former = ["mistralai.Mistral"]                 # and those of other releases, which the proof does not ask for
    bases = ["httpx._client.BaseClient"]           # members are looked up there too, in this order
    members = { chat = "openai.resources.chat.AsyncChat" }   # attributes that are instances of another type
                                   # a module can stand here too: its members are its instances (django.db: connection)

    [[call]]                       # functions, methods (by the path of their class), attributes, classes (their constructor)
    paths = ["httpx.AsyncClient.get", "httpx.AsyncClient.post"]
    of = ["httpx.AsyncClient"]     # the same, shorter: each of `names` on each path in `of`
    names = ["get", "post"]
    effect = "wait"                # "query" | "release" | "wait"; left out: none
    length = "long"                # waits only: "long" | "short" (see the design: only long ones report)
    when = "await"                 # the moment of the effect: "await" (default for waits), "call", "enter" (with),
                                   # "iterate" (for / async for, each step), "get" (reading the attribute)
    returns = "httpx.Response"     # type of the value (awaited, where it is awaitable; bound, for `with ... as`; a step, for
                                   # "iterate"): a path of a type, or a word of `models.vocabulary` ("self", "model", ...)
    role = "gather"                # a semantics that the interpreter implements, listed in `models.vocabulary`; left out: none
    why = "one HTTP round trip"    # said to people; required
    since = "6.0"                  # optional, of types too: the release that brought it, for the proof

A path has one row. Special methods stand for syntax: `__aiter__` and `__iter__` (when = "iterate") for loops, `__getitem__`,
`__len__`, `__bool__`, `__contains__`, `__call__`, `__aenter__` (when = "enter").

Paths are written as users reach them: `openai.AsyncOpenAI.chat.completions.create` is the attribute chain on an instance of
`openai.AsyncOpenAI`.

After a change run `python -m flake8_django_async.models.compile`: flake8 reads `compiled.jsonl`, not the TOML.
"""
