"""Calls: what happens when a value is called, awaited, or asked for an attribute or item."""

from __future__ import annotations

from dataclasses import replace

from flake8_django_async.analysis import generators, paths, roles, summaries, tasks
from flake8_django_async.analysis.effects import effects, fetched, remembered
from flake8_django_async.analysis.frame import Context, Frame
from flake8_django_async.analysis.roles.kinds import Follow
from flake8_django_async.analysis.state import State, joined
from flake8_django_async.analysis.values import (
    NO_ARGUMENTS,
    UNKNOWN,
    Arguments,
    ClassRef,
    Closed,
    Collection,
    Factory,
    FunctionValue,
    Gathered,
    Generator,
    Guarded,
    Instance,
    Literal_,
    Manager,
    Method,
    Object,
    Partial,
    Pending,
    Query,
    Record,
    Symbol,
    Synced,
    Task,
    Threaded,
    Tuple,
    Value,
    join,
    options,
)  # fmt: skip
from flake8_django_async.models.load import Row


def each(frame: Frame, value: Value, follow: Follow) -> Value:
    """Follow every alternative of a value from the same state, and join what comes of it."""
    alternatives = list(options(value))
    if len(alternatives) == 1:
        return follow(alternatives[0])
    before, ends, results = frame.state, list[State | None](), list[Value]()
    for option in alternatives:
        frame.world.spend()
        frame.state = before.copy() if before is not None else None
        results.append(follow(option))
        ends.append(frame.state)
    frame.state = joined(ends)
    return join(results)


# ------------------------------------------------------------------ calling


def call(frame: Frame, function: Value, args: Arguments) -> Value:
    """Call a value. An async callee gives an awaitable, whose effects come when it is awaited."""
    if frame.state is None:
        return UNKNOWN
    return each(frame, function, lambda option: _call_one(frame, option, args))


def _call_one(frame: Frame, function: Value, args: Arguments) -> Value:
    match function:
        case FunctionValue():
            return _call_function(frame, function, args)
        case Symbol(path=path):
            return _call_symbol(frame, path, args)
        case Method():
            return _call_method_row(frame, function, args)
        case ClassRef():
            return _construct(frame, function, args)
        case Partial(function=inner, args=given):
            merged = Arguments((*given.positional, *args.positional), (*given.keywords, *args.keywords), given.open or args.open)
            return call(frame, inner, merged)
        case Threaded() | Guarded():
            if isinstance(function, Guarded) and not is_async(frame, function.function):
                return run(frame, Pending(function, args))
            return Pending(function, args)
        case Closed():
            return _call_closed(frame, function, args)
        case Synced(function=inner):
            return roles.threads.run_coroutine(frame, inner, args)
        case Factory(function=inner):
            made = call(frame, inner, args)
            return Manager(made) if isinstance(made, Generator) else UNKNOWN
        case Manager():
            # A context manager made by contextlib is a decorator too.
            return roles.functions.decorated_by_manager(frame, function, args)
        case Instance():
            if frame.world.linker.hierarchy.is_a(
                function.type, "contextlib.ContextDecorator", "contextlib.AsyncContextDecorator"
            ):
                return roles.functions.decorated_by_manager(frame, function, args)
            return call_method(frame, function, "__call__", args)
        case Object(type=paths.ATOMIC, alias=alias):
            return Closed("atomic", replace(args, keywords=(("using", Literal_(alias)),))) if args.positional else UNKNOWN
        case Object(type=type_):
            return _call_method_row(frame, Method(function, f"{type_}.__call__"), args)
        case _:
            frame.opaque = True
            return UNKNOWN


def _construct(frame: Frame, cls: ClassRef, args: Arguments) -> Value:
    """Make an instance, and follow the project's own `__init__`."""
    made = frame.world.linker.construct(cls, args)
    if isinstance(made, Instance) and paths.STREAMING_RESPONSE in frame.world.linker.hierarchy.order(cls):
        frame.world.linker.classes.instances.hand_over(frame, cls, args)
    elif isinstance(made, Instance) and not frame.quiet:
        init = frame.world.linker.attribute(frame, made, "__init__")
        if isinstance(init, FunctionValue):
            call(frame, init, args)
    return made


def is_async(frame: Frame, function: Value) -> bool:
    """Whether a value is an async function, or an async wrapper of a sync one, also behind `partial` and known decorators."""
    match function:
        case FunctionValue(ref=ref):
            return ref.flow.is_async
        case Guarded(function=inner) | Partial(function=inner):
            return is_async(frame, inner)
        case Threaded():
            return True
        case Closed(role="within", args=args):
            return is_async(frame, args.positional[1])
        case _:
            return False


def _call_function(frame: Frame, function: FunctionValue, args: Arguments) -> Value:
    code = function.ref.flow
    said = frame.world.said_of(function.ref)
    if said is not None:
        return Pending(Symbol(said.path), args) if code.is_async else effects.apply(frame, said, None, args, awaited=False)
    if code.is_generator:
        return Generator(function, args)
    if code.is_async:
        return Pending(function, args)
    return tasks.handed_up(frame, summaries.invoke(frame, function, args, frame.context))


def _call_closed(frame: Frame, function: Closed, args: Arguments) -> Value:
    role = roles.CALLABLES.get(function.role)
    if role is None:  # `contextlib.suppress(ValueError)(f)`: a context manager, and no decorator
        frame.opaque = True
        return UNKNOWN
    return role(frame, function, args)


def _call_symbol(frame: Frame, path: str, args: Arguments) -> Value:
    row = frame.world.models.row(path)
    if row is not None:
        return _call_row(frame, row, Symbol(path), None, args)
    if path == f"{paths.DATABASES}.keys":
        return Symbol(paths.DATABASES)
    frame.opaque = True
    if path.rpartition(".")[2][:1].isupper() or frame.world.models.type(path) is not None:
        return frame.world.linker.typed(path)
    return UNKNOWN


def _call_method_row(frame: Frame, method: Method, args: Arguments) -> Value:
    receiver, name = method.receiver, method.path.rpartition(".")[2]
    kind = f"Object.{receiver.type}" if isinstance(receiver, Object) else type(receiver).__name__
    own = roles.OWN_METHODS.get(f"{kind}.{name}")
    if own is not None:
        return own(frame, method.receiver, args)
    row = frame.world.models.row(method.path)
    if row is None:
        frame.opaque = True
        return UNKNOWN
    return _call_row(frame, row, method, method.receiver, args)


def _call_row(frame: Frame, row: Row, function: Value, receiver: Value | None, args: Arguments) -> Value:
    role = roles.ROLES.get(row.role or "")
    if role is not None:
        return role(frame, row, receiver, args)
    if row.when in ("await", "enter", "iterate"):
        return Pending(function, args)
    if row.effect is not None and row.when is None:
        # A user's row: at the await if there is one, else at the call; an async frame's calls are awaited.
        if frame.is_async:
            return Pending(function, args)
    return effects.apply(frame, row, receiver, args, awaited=False)


def call_method(frame: Frame, receiver: Value, name: str, args: Arguments) -> Value:
    """Call a method by name, if there is one."""
    if frame.state is None:
        return UNKNOWN
    method = frame.world.linker.attribute(frame, receiver, name)
    return UNKNOWN if method == UNKNOWN else call(frame, method, args)


# ------------------------------------------------------------------ awaiting


def await_(frame: Frame, value: Value) -> Value:
    """Await a value: run what is pending."""
    if frame.state is None:
        return UNKNOWN
    return each(frame, value, lambda option: _await_one(frame, option))


def _await_one(frame: Frame, value: Value) -> Value:
    match value:
        case Pending():
            return run(frame, value)
        case Gathered():
            return tasks.gather(frame, value)
        case Task():
            return tasks.join_task(frame, value)
        case Tuple(items=items):
            return Tuple(tuple(await_(frame, item) for item in items))
        case Method(path=path):
            # An attribute that is awaited without a call: `await serializer.adata`.
            row = frame.world.models.row(path)
            if row is not None and row.when == "await" and row.role == "serializer_data":
                return roles.rest.data(frame, row, value.receiver, NO_ARGUMENTS)
            return UNKNOWN
        case Instance():
            made = call_method(frame, value, "__await__", NO_ARGUMENTS)
            return generators.drive(frame, made, lambda item: None) if isinstance(made, Generator) else made
        case _:
            frame.turns += 1
            frame.await_unknown()
            return UNKNOWN


def run(frame: Frame, pending: Pending) -> Value:
    """Run a pending call to its end, awaited by this frame."""
    frame.awaiting += 1
    try:
        return _run(frame, pending.function, pending.args)
    finally:
        frame.awaiting -= 1


def _run(frame: Frame, function: Value, args: Arguments) -> Value:
    match function:
        case FunctionValue():
            result = summaries.invoke(frame, function, args, Context("loop", frame.context.sensitive))
            tasks.passed_on(frame, args.positional)
            return tasks.handed_up(frame, result)
        case Threaded():
            return roles.threads.run_in_thread(frame, function, args)
        case Guarded(function=inner, path=path, line=line):
            return roles.functions.run_guarded(frame, inner, path, line, args)
        case Symbol(path=path) | Method(path=path):
            return _run_row(frame, function, frame.world.models.row(path), args)
        case Closed():
            return _call_closed(frame, function, args)
        case _:
            return await_(frame, call(frame, function, args))


def _run_row(frame: Frame, function: Symbol | Method, row: Row | None, args: Arguments) -> Value:
    if row is None:
        return UNKNOWN
    if row.when == "iterate":
        # `stream = await agent.astream_events(...)`: the wait is in the steps.
        return Pending(function, args)
    return effects.apply(frame, row, function.receiver if isinstance(function, Method) else None, args, awaited=True)


def step(frame: Frame, pending: Pending, *, is_async: bool) -> Value:
    """One step of a library's iterator."""
    function = pending.function
    row = frame.world.models.row(function.path) if isinstance(function, (Symbol, Method)) else None
    receiver = function.receiver if isinstance(function, Method) else None
    return UNKNOWN if row is None else effects.apply(frame, row, receiver, pending.args, awaited=is_async)


def frame_for(frame: Frame, function: FunctionValue, args: Arguments) -> Frame:
    """A frame for a generator that `frame` consumes, its parameters bound."""
    code = function.ref.flow
    context = Context("loop", frame.context.sensitive) if code.is_async else frame.context
    return summaries.start_frame(frame, function, args, context)


# ------------------------------------------------------------------ attributes and items


def get_attribute(frame: Frame, value: Value, name: str) -> Value:
    """An attribute of each alternative, with the effect of reading it."""
    return each(frame, value, lambda option: _get_attribute(frame, option, name))


def _get_attribute(frame: Frame, value: Value, name: str) -> Value:
    if isinstance(value, Closed) and value.role == "lazy user":
        return remembered.get_attribute(frame, value, name)
    found = frame.world.linker.attribute(frame, value, name)
    if isinstance(value, Instance):
        if fetched.attribute_queries(frame, value, name):
            effects.query(frame, "", asynchronous=False, name=name)
            found = replace(found, bare=True) if isinstance(found, Instance) else found
        found = fetched.related(value, name, found)
    if isinstance(found, Method):
        row = frame.world.models.row(found.path)
        if row is not None and row.when == "get":
            role = roles.ROLES.get(row.role or "")
            if role is not None:
                return role(frame, row, found.receiver, NO_ARGUMENTS)
            return effects.apply(frame, row, found.receiver, NO_ARGUMENTS, awaited=False)
    if isinstance(found, Closed) and found.role == "property":
        return call(frame, found.args.positional[0], NO_ARGUMENTS)
    return found


def get_item(frame: Frame, value: Value, index: Value, *, is_slice: bool) -> Value:
    """`value[index]`."""
    name = index.value if isinstance(index, Literal_) else None
    match value:
        case Query():
            if is_slice:
                return value
            effects.evaluate_query(frame, value, asynchronous=False)
            return fetched.row(frame, value)
        case Tuple(items=items) if is_slice:
            return Collection(join(items)) if items else value
        case Tuple(items=items):
            return items[name] if isinstance(name, int) and -len(items) <= name < len(items) else join(items)
        case Collection() if is_slice:
            return value
        case Record(items=entries):
            if not isinstance(index, Literal_):
                return join(item for _, item in entries)
            return dict(entries).get(name if isinstance(name, str) else "", dict(entries).get("", UNKNOWN))
        case Collection(element=item):
            return item
        case Object(type=paths.CONNECTIONS):
            return Object(paths.CONNECTION, name if isinstance(name, str) else paths.ANY_ALIAS)
        case Object(type=type_):
            known = frame.world.models.attribute(type_, "__getitem__")
            row = frame.world.models.member(type_, "__getitem__")
            if row is not None and row.role == "session":
                return call_method(frame, value, "__getitem__", Arguments((index,)))
            return Object(known) if known else UNKNOWN
        case Symbol(path=path):
            row = frame.world.models.row(path)
            if row is not None and row.role == "caches":
                return Object("django.core.cache.backends.base.BaseCache", name if isinstance(name, str) else "default")
            return value
        case ClassRef():
            return value
        case Instance():
            return call_method(frame, value, "__getitem__", Arguments((index,)))
        case _:
            return UNKNOWN
