"""What is known of libraries, as rows: one TOML file per library.

A file names its library and the modules whose import loads it::

    library = "httpx"              # distribution, for the proof that each row names something that exists
    modules = ["httpx"]            # top-level import names (a dotted name where a namespace is shared)

    [[type]]                       # a class whose members rows speak of, where plain paths do not say enough
    path = "httpx.AsyncClient"
    aliases = ["httpx._client.AsyncClient"]        # other paths of the same class
    bases = ["httpx._client.BaseClient"]           # members are looked up there too, in this order
    members = { chat = "openai.resources.chat.AsyncChat" }   # attributes that are instances of another type

    [[call]]                       # functions, methods (by the path of their class), attributes
    paths = ["httpx.AsyncClient.get", "httpx.AsyncClient.post"]
    effect = "wait"                # "query" | "release" | "wait"; left out: none
    length = "long"                # waits only: "long" | "short" (see the design: only long ones report)
    when = "await"                 # the moment of the effect: "await" (default for waits), "call", "enter" (with),
                                   # "iterate" (for / async for, each step), "get" (reading the attribute)
    returns = "httpx.Response"     # type of the value (awaited, where it is awaitable; bound, for `with ... as`; a step, for
                                   # "iterate"): a path of a type, or one of the words below
    role = "gather"                # a semantics that the interpreter implements (analysis/roles.py); left out: none
    why = "one HTTP round trip"    # said to people; required

Paths are written as users reach them: `openai.AsyncOpenAI.chat.completions.create` is the attribute chain on an instance of
`openai.AsyncOpenAI`. Words for `returns` on querysets, managers and models: "self" (the receiver's own type: `filter`),
"model" (an instance of the receiver's model), "models" (a collection of them), "queryset" (of the receiver's model).
"""
