"""The words that rows may use, each with its exact meaning: the contract between the data and the interpreter.

`models.compile` refuses a row with a word that is not here. Nothing imports this module when flake8 runs.
"""

EFFECTS = {
    "query": "opens the connection of the calling thread, or goes on using it",
    "release": "gives the calling thread's connections back to the pool",
    "wait": "lasts",
}

LENGTHS = {
    "long": "as long as somebody else pleases: a network peer, a model, a clock, a client that reads",
    "short": "a quick answer of something near: redis, a cache, a broker",
}

WHENS = {
    "await": "when the result of the call, or the attribute itself where it is no method, is awaited or entered by `async with`",
    "call": "when it is called",
    "enter": "when the `with` / `async with` block is entered",
    "iterate": "at each step of `for` / `async for` (a query: at the first step)",
    "get": "when the attribute is read",
}

RETURN_WORDS = {
    "self": "the receiver's own type, same model: `qs.filter()`",
    "model": "an instance of the receiver's model (or None)",
    "model_pair": "a tuple that begins with an instance of the receiver's model: `aget_or_create`",
    "models": "a collection of instances of the receiver's model, already fetched",
    "queryset": "a lazy queryset of the receiver's model",
    "user": "an instance of the project's user model (or AnonymousUser, or None)",
    "stream": "an iterator, sync or async, each of whose steps waits: rows `stream.__aiter__` and `stream.__iter__`",
    "argument": "what the first argument is: `aiter(x)`, `shield(x)`",
    "model_of_argument": "an instance of the model that the first argument names: `aget_object_or_404(Book, ...)`",
    "models_of_argument": "fetched instances of the model that the first argument names: `aget_list_or_404(Book)`",
}

ROLES = {
    # threads and the bridge between async and sync code
    "sync_to_async": "asgiref's, as a function or as a decorator: an async function that runs its argument in the request's thread, "
    "in a foreign one with thread_sensitive=False",
    "database_sync_to_async": "like sync_to_async, and closes old connections of that thread before and after",
    "async_to_sync": "a sync function that runs its async argument to the end",
    "thread_sensitive_context": "`async with`: sync_to_async has a thread of its own inside",
    "to_thread": "(fn, *args, **kwargs): awaited; fn runs in a foreign thread",
    "run_in_executor": "method (executor, fn, *args): fn runs in a foreign thread, the result is awaitable",
    "executor": "constructor of a pool of threads, told apart by where it is made",
    "shutdown": "method (wait=True), or the end of a pool's `with`: waits for what was submitted, if that is long and nobody has yet",
    "result": "waits for what was submitted to a pool of threads",
    "submit": "method (fn, *args, **kwargs): fn runs in a foreign thread; returns a future",
    "executor_map": "method (fn, *iterables): fn runs in foreign threads",
    "thread": "constructor with target=, args=: target runs in a foreign thread once .start() is called",
    "thread_start": "method of a subclass that has a run() of its own: that runs in a foreign thread",
    "timer": "constructor (interval, function, ...): function runs in a foreign thread once .start() is called",
    "run_coroutine_threadsafe": "(coroutine, loop): runs it on another thread's loop; returns a concurrent future",
    # awaitables
    "gather": "(*awaitables): awaited, all of them run; returns their results",
    "wait_for": "(awaitable, ...): awaiting it awaits the first argument and returns its result",
    "wait": "(iterable of awaitables): awaited or iterated, they run",
    "create_task": "(coroutine): starts it beside the caller; awaiting the result waits for its end",
    "start_soon": "method (fn, *args): starts the coroutine fn(*args) in a task group, which its `async with` awaits at the end",
    "run": "(coroutine) or (async fn, *args): a loop of its own runs it to the end",
    "timeout": "a context manager without an effect of its own",
    "sleep": "a wait as long as its first argument: 0.1 s or more or unknown is long, less has no effect",
    "poll": "a wait as long as its argument timeout: not given it has no effect; None, unknown or 0.1 s and more is long",
    "block": "a wait only if the argument block is given and not None",
    # callables and context managers
    "apply": "(fn, *args, **kwargs): calls fn here and now, returns its result",
    "getattr": "(object, name): the attribute, when the name is a constant",
    "cast": "returns its second argument; the first names its type",
    "dataclass_field": "(default=, default_factory=): what an instance's attribute is when it is not given",
    "partial": "(fn, *args, **kwargs): a callable that calls fn",
    "identity": "returns its first argument: also as a decorator",
    "decorator": "@name: returns a function that behaves like the one it is given",
    "decorator_factory": "@name(...): returns such a decorator; bare @name is one",
    "contextmanager": "@name on a generator: a context manager of its body",
    "asynccontextmanager": "@name on an async generator: an async context manager of its body",
    "exit_stack": "(): a stack, told apart by where it is made",
    "exit_enter": "enter_context / enter_async_context (cm): enters its argument, returns what that binds",
    "exit_callback": "(fn, *args): fn runs when the stack is closed",
    "exit_close": "(): closes the stack; awaited, an async one",
    "closing": "`with name(x)`: bound to x; closes x at the end",
    "nullcontext": "`with name(x)`: bound to x, does nothing",
    "suppress": "(*exceptions): a `with` that swallows them",
    "classmethod": "@name", "staticmethod": "@name", "property": "@name", "cached_property": "@name: a property read once",
    "singledispatch": "@name: one of several registered functions is called by the type of its first argument",
    # evaluation
    "consume": "evaluates its first argument, an iterable: `list(qs)`, `len(qs)`, `any(qs)`",
    "lazy_iterable": "an iterable that evaluates its arguments as it is iterated: `zip(qs)`, `enumerate(qs)`",
    "lazy_call": "like lazy_iterable; the first argument is a callable that is called at each step: `map`, `filter`",
    "iter": "iter(x)", "next": "next(x): one step", "aiter": "aiter(x)", "anext": "anext(x): one awaited step",
    "str": "converts its argument: evaluates a queryset (`str(qs)` fetches a few rows), not `str(qs.query)`",
    # Django
    "empty_queryset": "a queryset that never queries",
    "server_side_cursor": "iterating it holds a server-side cursor for the whole loop",
    "using": "the receiver for another database: first argument, or using=, is the alias",
    "from_queryset": "`Manager.from_queryset(QS)`: a manager class with the methods of both",
    "as_manager": "`QS.as_manager()`: a manager with the methods of both",
    "close_old_connections": "a release, which closes nothing while CONN_MAX_AGE is above 0",
    "close": "a release of its own alias; raises in a thread that did not make the wrapper",
    "close_if_obsolete": "a release of its own alias, which closes nothing while CONN_MAX_AGE is above 0",
    "connections": "the handler of all aliases: `connections[alias]`, iteration and `.all()` give the calling thread's wrappers",
    "connection": "the wrapper of alias `default` in the calling thread",
    "get_connection": "(using=): the wrapper of an alias in the calling thread",
    "in_atomic_block": "attribute of a wrapper: true inside a transaction",
    "atomic": "a `with` block or a decorator: queries at entry, opens a transaction (using= or first argument: alias)",
    "atomic_enter": "of a subclass of Atomic: as entering its `with` block",
    "atomic_exit": "the same for its end",
    "non_atomic_requests": "a decorator without an effect on the view's body",
    "on_commit": "(fn): inside a transaction fn runs at its commit, outside it opens the connection and runs fn at once",
    "set_autocommit": "(flag): False opens a transaction by hand, True ends it; queries",
    "get_user_model": "returns the project's user model class",
    "get_model": "`apps.get_model(label)`: returns a model class",
    "streaming_response": "iterates its first argument (streaming_content=) while a client reads",
    "querying_decorator": "a decorator of views: queries before the view's first line; bare, or called first",
    "querying_decorator_factory": "called first, the result decorates: queries before the view's first line",
    "method_decorator": "(decorator, name=...): the decorator for a method, or for the named method of a class",
    "lazy_user": "`request.user`: reading an attribute of it queries, once; itself it does not",
    "auser": "`await request.auser()`: a query, once for each request",
    "session": "a query while sessions live in the database (Django's default engine), after a session cookie came",
    "cache": "a query only when the alias's backend is DatabaseCache",
    "cache_page": "called first, the result decorates: reads the cache (cache=: alias) before the view's first line",
    "caches": "the handler of all cache aliases: `caches[alias]`",
    "signal": "constructor of a signal",
    "signal_send": "calls every receiver connected to the signal (asend: awaited)",
    "render": "evaluates the querysets of its context while the template is rendered: a query only if one is given",
    "form_valid": "validates: a query for a choice of models, and what the form's `clean` and `clean_<field>` do",
    "model_form_valid": "the same, and a query if a field of the model that it shows is a relation or unique",
    "task": "@task: a function that a worker runs, in another process",
    "enqueue": "hands a task to a worker; with a backend in the database it queries",
    "handler": "a method that the framework calls: an entry point where a subclass defines it",
    # hosts: who calls the project's code
    "host_django": "a class or decorator whose methods or function are a Django request's entry",
    "host_channels": "a class whose handler methods Channels calls, one message at a time",
    "host_silent": "a class or decorator whose code runs where no request holds: tasks, commands, tests",
    # agents
    "around_model": "method (request, handler): an override is handed the call of the model that `returns` names as its handler",
    "checkpointed": "a wait of an agent's graph, or of a chain that is given a thread_id: the async methods of the project's own "
    "checkpointers are called, and may query",
    # REST frameworks
    "api_view": "@api_view([...]): a view; authentication and permissions may query before the body",
    "serializer_valid": "validates: queries if the serializer is a ModelSerializer, or has a field or validator that queries",
    "serializer_data": "reads .data: queries if the serializer's instance is lazy or has relations",
    "serializer_save": "calls the serializer's create() or update()",
    "serializer_field": "a field or validator that queries when its serializer validates",
    "get_serializer": "an instance of the view's serializer class",
    "ninja_auth": "auth=: called before the operation's body",
}
