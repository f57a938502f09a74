"""`with` blocks: what entering and leaving does, and the body between."""

from __future__ import annotations

from collections.abc import Callable

from flake8_django_async.analysis import calls, generators, interpret, paths, tasks
from flake8_django_async.analysis import expressions as ex
from flake8_django_async.analysis.effects import effects
from flake8_django_async.analysis.exceptions import catches
from flake8_django_async.analysis.frame import Exits, Frame, callers, tasks_ended
from flake8_django_async.analysis.spelling import callee
from flake8_django_async.analysis.state import Hold, Scope, State, Unwinding, joined
from flake8_django_async.analysis.values import (
    NO_ARGUMENTS,
    NONE,
    UNKNOWN,
    Arguments,
    Closed,
    FunctionValue,
    Instance,
    Literal_,
    Manager,
    Object,
    Pending,
    Tuple,
    Value,
    options,
)  # fmt: skip
from flake8_django_async.source import flow
from flake8_django_async.source.walk import nested_statements

EXIT_STACKS = ("contextlib.ExitStack", "contextlib.AsyncExitStack")


def run_with(frame: Frame, statement: flow.With, index: int = 0) -> None:
    """The items from `index` on, each inside the one before, then the body."""
    if frame.state is None:
        return
    if index == len(statement.items):
        interpret.run_block(frame, statement.body)
        return
    item = statement.items[index]
    frame.statement = statement.at
    context = ex.evaluate(frame, item.context)
    if frame.state is None:
        return

    def body(value: Value) -> None:
        if item.target is not None:
            ex.assign(frame, item.target, value)
        run_with(frame, statement, index + 1)

    before: State = frame.state
    ends: list[State | None] = []
    for option in options(context):
        frame.state = before.copy()
        with frame.at(statement.at, callee(item.context)):
            enter(frame, option, statement.is_async, body)
        ends.append(frame.state)
    frame.state = joined(ends)


def enter(frame: Frame, context: Value, is_async: bool, body: Callable[[Value], None]) -> None:
    """Run `body` between entering and leaving a context manager; it gets the value that `as` binds."""
    if is_async and not isinstance(context, (Manager, Instance, Closed, Pending)):  # these tell by what they run
        frame.turns += 1
    match context:
        case Manager():
            _generator_manager(frame, generator_of=context, body=body)
        case Instance():
            _own_manager(frame, context, is_async, body)
        case Object(type=type_, alias=alias) if type_ == paths.ATOMIC:
            in_transaction(frame, alias, lambda: body(UNKNOWN))
        case Object(type=type_) if type_.endswith("TaskGroup"):
            _task_group(frame, lambda: body(context))
        case Pending():
            body(calls.run(frame, context))
        case Closed(role="suppress", args=args):
            suppressing(frame, Tuple(args.positional), body)
        case Closed(role="closing", args=args):
            between(frame, lambda: body(args.positional[0]), lambda: _close(frame, args.positional[0], is_async))
        case Object(type=type_) if type_ in EXIT_STACKS:
            try:
                between(frame, lambda: body(context), lambda: unwind(frame, context))
            finally:
                frame.stacks.pop(context, None)
        case Closed(role="timeout", args=args):
            limited(frame, body, goes_on=args.positional == (Literal_("anyio.move_on_after"),))
        case Object(type=type_):
            row = frame.world.models.member(type_, "__aenter__" if is_async else "__enter__")
            if row is not None:
                effects.apply(frame, row, context, NO_ARGUMENTS, awaited=is_async)
                body(context)
            elif frame.world.models.member(type_, "__exit__") is not None:
                between(frame, lambda: body(context), lambda: _leave(frame, context, is_async, frozenset()))
            else:
                body(context)
        case _:
            body(context)


def in_transaction(frame: Frame, alias: str, body: Callable[[], None]) -> None:
    """Run `body` inside a transaction; those around it are still open at its end."""
    around = frozenset[Scope]() if frame.state is None else frame.state.transactions
    opened = effects.open_transaction(frame, alias)
    frame.commits.append({})

    def final() -> None:
        if opened:
            effects.close_transaction(frame, alias, around)
        if not around and frame.state is not None:
            for call in frame.commits[-1]:
                _call_given(frame, call)

    try:
        between(frame, body, final)
    finally:
        waiting = frame.commits.pop()
        if around:
            frame.commits[-1].update(waiting)


def between(frame: Frame, body: Callable[[], None], final: Callable[[], None]) -> None:
    """Run `body`, then `final` on every way out of it."""
    statement = frame.statement
    with frame.collecting() as exits:
        body()

    def leave() -> None:
        frame.statement = statement
        final()

    interpret.leave_through(frame, exits, leave)


def _task_group(frame: Frame, body: Callable[[], None]) -> None:
    """The end of the body awaits all tasks of the group. What is raised comes in an ExceptionGroup: who catches it is not known.

    An exception of the body cancels the tasks, it may be before they release anything.
    """
    around = frozenset[Hold]() if frame.state is None else frame.state.holds
    with frame.collecting() as inside:
        body()
    raised, inside.raised = inside.raised, {}

    def join() -> None:
        tasks.join_group(frame, tasks.IN_GROUP)
        tasks.group_ended(frame, around)

    with frame.collecting() as exits:
        interpret.leave_through(frame, inside, join)
        end = frame.state
        for kind, state in raised.items():
            frame.state = state.copy()
            join()
            tasks_ended(state)
            exits.raise_(kind, joined((frame.state, state)) or state)
        frame.state = end
    grouped, exits.raised = exits.raised, {}
    for kind, state in grouped.items():
        state.tasks = frozenset(task for task in state.tasks if task.group != tasks.IN_GROUP)
        exits.raise_("raise:" if kind.startswith("raise:") else kind, state)
    interpret.pass_on(frame, exits)


def suppressing(frame: Frame, types: Value, body: Callable[[Value], None]) -> None:
    """What the body raises of these types ends here."""
    with frame.collecting() as exits:
        body(NONE)
    ended = [frame.state]
    for kind, state in list(exits.raised.items()):
        verdict = catches(types, kind)
        if verdict != "no":
            ended.append(state)
        if verdict == "yes":
            del exits.raised[kind]
    interpret.pass_on(frame, exits)
    frame.state = joined(ended)


def limited(frame: Frame, body: Callable[[Value], None], *, goes_on: bool = False) -> None:
    """A time limit: the body may end at any of its awaits. Each query in it has raised the state behind it."""
    before = frame.fork()
    with frame.collecting() as exits:
        body(UNKNOWN)
    anywhere = joined((before, frame.state, *exits.raised.values()))
    if goes_on:
        frame.state = anywhere
    else:
        frame.raise_("raise:TimeoutError", anywhere)
    interpret.pass_on(frame, exits)


def _close(frame: Frame, value: Value, is_async: bool) -> None:
    """The end of `closing(x)` or `aclosing(x)`."""
    made = calls.call_method(frame, value, "aclose" if is_async else "close", NO_ARGUMENTS)
    if is_async:
        calls.await_(frame, made)


def push(frame: Frame, stack: Value, context: Value, is_async: bool) -> Value:
    """A context manager is given to an exit stack: entered now, left at the end of the stack's block."""
    callback(frame, stack, Closed("leave", Arguments((context,))), NO_ARGUMENTS, is_async)
    match context:
        case Manager(generator=generator):
            return generators.step(frame, generator)
        case Instance():
            entered = calls.call_method(frame, context, "__aenter__" if is_async else "__enter__", NO_ARGUMENTS)
            bound = calls.await_(frame, entered) if is_async else entered
            return bound if bound != UNKNOWN else context
        case Object(type=paths.ATOMIC, alias=alias):
            effects.open_transaction(frame, alias)
            return UNKNOWN
        case Closed(role="closing", args=args):
            return args.positional[0]
        case Pending():
            return calls.run(frame, context)
        case Object(type=type_):
            row = frame.world.models.member(type_, "__aenter__" if is_async else "__enter__")
            if row is not None:
                effects.apply(frame, row, context, NO_ARGUMENTS, awaited=is_async)
            return context
        case _:
            return UNKNOWN


def callback(frame: Frame, stack: Value, function: Value, args: Arguments, is_async: bool) -> None:
    """A function is given to an exit stack."""
    assert frame.state is not None
    call = (function, args, is_async)
    frame.stacks.setdefault(stack, {}).setdefault(call, frame.state.transactions)
    frame.state.given |= {call}


def at_commit(frame: Frame, function: Value, *, surely: bool = True) -> None:
    """A function is called once the innermost transaction that a `with` has opened has committed, a caller's perhaps.

    Where no `with` has, it is called now, outside of a transaction.
    """
    if frame.state is None:
        return
    if frame.commits[1:] or callers(frame.state.transactions):
        call = (function, NO_ARGUMENTS, False)
        frame.commits[-1].setdefault(call)
        frame.state.given |= {call} if surely else set()
        return
    others = None if surely else frame.fork()
    around, frame.state.transactions = frame.state.transactions, frozenset()
    with frame.collecting() as exits:
        calls.call(frame, function, NO_ARGUMENTS)
    for kind, state in exits.raised.items():
        state.transactions |= around
        frame.raise_(kind, state)
    if frame.state is not None:
        frame.state.transactions |= around
    frame.state = joined((others, frame.state))


def _call_given(frame: Frame, call: Unwinding, around: frozenset[Scope] = frozenset()) -> None:
    """Call what was given on some ways; where these are not all, the others go on as they are."""
    if frame.state is None:
        return
    others = None if call in frame.state.given else frame.fork()
    function, args, is_async = call
    if isinstance(function, Closed) and function.role == "leave":
        _leave(frame, function.args.positional[0], is_async, around)
    else:
        result = calls.call(frame, function, args)
        if is_async:
            calls.await_(frame, result)
    frame.state = joined((others, frame.state))


def unwind(frame: Frame, stack: Value) -> None:
    """The end of an exit stack, by its block or by `close()`: the last thing it was given comes first."""
    given = frame.stacks.pop(stack, {})
    for call, around in reversed(given.items()):
        _call_given(frame, call, around)
    frame.stacks[stack] = given


def _leave(frame: Frame, context: Value, is_async: bool, around: frozenset[Scope]) -> None:
    match context:
        case Manager(generator=generator):
            generators.finish(frame, generator, closed=False)
        case Instance():
            _exit_own(frame, context, is_async, around)
        case Object(type=paths.ATOMIC, alias=alias):
            effects.close_transaction(frame, alias, around)
        case Closed(role="closing", args=args):
            _close(frame, args.positional[0], is_async)
        case Object(type=type_) if frame.world.models.member(type_, "__exit__") is not None:
            calls.call_method(frame, context, "__exit__", NO_ARGUMENTS)
        case _:
            pass


def _exit_own(frame: Frame, context: Instance, is_async: bool, around: frozenset[Scope]) -> None:
    """`__exit__` of a class of the project. It may leave a transaction of its own: those `around` it go on."""
    before = frozenset[Scope]() if frame.state is None else frame.state.transactions
    left = calls.call_method(frame, context, "__aexit__" if is_async else "__exit__", Arguments((NONE, NONE, NONE)))
    if is_async:
        calls.await_(frame, left)
    if frame.state is not None and before - around:
        frame.state.transactions |= before & around


def _own_manager(frame: Frame, context: Instance, is_async: bool, body: Callable[[Value], None]) -> None:
    """A context manager class of the project."""
    prefix = "__a" if is_async else "__"
    around = frozenset[Scope]() if frame.state is None else frame.state.transactions
    entered = calls.call_method(frame, context, f"{prefix}enter__", NO_ARGUMENTS)
    bound = calls.await_(frame, entered) if is_async else entered
    with frame.collecting() as exits:
        between(frame, lambda: body(bound if bound != UNKNOWN else context), lambda: _exit_own(frame, context, is_async, around))
    interpret.pass_on(frame, exits)
    if _may_swallow(frame, context, f"{prefix}exit__"):
        frame.state = joined((frame.state, *exits.raised.values()))


def _may_swallow(frame: Frame, context: Value, name: str) -> bool:
    """Whether an `__exit__` returns anything but None or False: exceptions of the body may end there."""
    method = frame.world.linker.attribute(frame, context, name)
    return any(
        not isinstance(returned.value, (flow.Constant, type(None))) or bool(getattr(returned.value, "value", None))
        for option in options(method)
        if isinstance(option, FunctionValue)
        for returned in nested_statements(option.ref.flow.body)
        if isinstance(returned, flow.Return)
    )


def _generator_manager(frame: Frame, generator_of: Manager, body: Callable[[Value], None]) -> None:
    """A generator under contextlib: the body runs at its yield, and every way out of the body goes through its rest."""
    ways, depth = Exits(), len(frame.drives)
    fell = False
    code = generator_of.generator.function.ref.flow
    catching = any(isinstance(inner, (flow.Try, flow.With)) for inner in nested_statements(code.body))

    def on_item(value: Value) -> None:
        nonlocal fell
        # Too deep a nest of generators is not driven: the body runs as if there were no manager.
        driver = frame.drives[-1] if len(frame.drives) > depth else None
        statement = frame.statement
        with frame.collecting() as exits:
            body(value)
        frame.statement = statement
        fell = fell or frame.state is not None or catching and bool(exits.raised)
        for kind, state in exits.raised.items():
            if driver is None:
                frame.exits.raise_(kind, state)
            else:
                driver.inner.exits.raise_(kind, driver.thrown(state))
        ways.returned = joined((ways.returned, exits.returned))
        ways.broken = joined((ways.broken, exits.broken))
        ways.continued = joined((ways.continued, exits.continued))
        frame.state = joined((frame.state, exits.returned, exits.broken, exits.continued))

    generators.drive(frame, generator_of.generator, on_item)
    after = frame.state
    if after is None:
        return
    passed = Exits(after if ways.returned else None, after if ways.broken else None, after if ways.continued else None)
    interpret.pass_on(frame, passed)
    frame.state = after.copy() if fell else None
