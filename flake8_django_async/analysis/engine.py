"""The analysis of one file: its roots are run, what was found there is collected."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from flake8_django_async.analysis import calls
from flake8_django_async.analysis.effects import remembered
from flake8_django_async.analysis.events import Event, Met, Persistent, Unread, Wait
from flake8_django_async.analysis.frame import LOOP, REQUEST_THREAD, Context, Frame
from flake8_django_async.analysis.linking import around
from flake8_django_async.analysis.linking.names import decorator_lines
from flake8_django_async.analysis.requests import entries, hosts
from flake8_django_async.analysis.requests.hosts import Node
from flake8_django_async.analysis.requests.screen import makes_async, may_matter
from flake8_django_async.analysis.spelling import callee
from flake8_django_async.analysis.state import Hold, Scope, State, earliest, ordered
from flake8_django_async.analysis.step import Step
from flake8_django_async.analysis.summaries import Entry, Summaries, Summary, start_frame, summarise
from flake8_django_async.analysis.values import (
    NO_ARGUMENTS,
    UNKNOWN,
    ClassRef,
    Closed,
    Factory,
    FunctionRef,
    FunctionValue,
    Guarded,
    Synced,
    Threaded,
    Value,
    options,
)  # fmt: skip
from flake8_django_async.analysis.world import MAX_WORK, Exhausted, World
from flake8_django_async.project.modules import Module
from flake8_django_async.source.outline import ClassSpan, FunctionSpan

MAX_WORK_OF_FILE = 3 * MAX_WORK
"""For all functions of a file together, as in `World.spend`."""


def analyse(world: World, module: Module, *, screened: bool = True) -> list[Event]:
    """Everything found in one file, in the order of its lines. Without the screen the same is found, in more time."""
    is_fresh = not world.summaries.known
    events = _analyse(world, module, screened)
    if world.summaries.is_limited:
        # What a limit left out depends on the files before this one, unless there are none.
        world.summaries = Summaries()
        if not is_fresh:
            events = _analyse(world, module, screened)
            world.summaries = Summaries()
    return events


@dataclass(slots=True)
class _Found:
    """What the functions of a file are found to do."""

    events: dict[tuple[object, ...], Event] = field(default_factory=dict)
    reached: dict[object, None] = field(default_factory=dict)
    """The calls whose summaries may have more of this file."""
    streamed: set[FunctionRef] = field(default_factory=set)
    yields: list[tuple[FunctionRef | None, Event]] = field(default_factory=list)
    """Each with the function that must be streamed for it to count (None: it does)."""
    unread: list[Unread] = field(default_factory=list)


def _analyse(world: World, module: Module, screened: bool) -> list[Event]:
    found = _follow(world, module, screened)
    found.reached.update(_reached_by_others(world, module))
    world.begin()
    for summary in _inside(world.summaries, found.reached):
        found.streamed |= summary.streamed
        for event in summary.events:
            _keep(found.events, module, event)
    for function, event in found.yields:
        if function is None or function in found.streamed:
            _keep(found.events, module, event)
    events = [event for event in found.events.values() if _is_reported(world, module, event)]
    said = sorted([*events, *_settings(world, module)], key=lambda event: (event.at.line, event.at.column, type(event).__name__))
    unread = [Unread(Step(module.path, first, 0, ""), reason) for (first, _), reason in sorted(module.unread.items())]
    return [*said, *[*found.unread, *unread][:1]]


def _follow(world: World, module: Module, screened: bool) -> _Found:
    """Follow each function of a file that may matter."""
    found = _Found()
    spent = 0
    for span, owner in functions(module):
        try:
            if screened and not may_matter(world, module, span, owner):
                continue  # before its text is read: most functions of a project end here
            if world.hosts.is_left_out(module, span, owner):
                continue  # and so is all that only it reaches
            spent += world.begin()
            if spent > MAX_WORK_OF_FILE:
                found.unread.append(
                    Unread(Step(module.path, span.header, 0, span.name), f"all from '{span.name}' on would take too long")
                )
                break
            frame = run_root(world, module, span, owner)
        except (Exhausted, RecursionError):
            found.unread.append(Unread(Step(module.path, span.header, 0, span.name), f"'{span.name}' takes too long to analyse"))
            spent += world.begin()
            continue
        if frame is None or frame.function is None:
            continue
        found.reached.update(frame.callees)
        found.streamed |= frame.streamed
        for event in frame.events.values():
            if _is_yield(event) and not frame.waited:
                found.yields.append((frame.function, event))
            else:
                _keep(found.events, module, event)
        found.yields.extend(frame.nested_yields)
    return found


def _reached_by_others(world: World, module: Module) -> dict[object, None]:
    """What requests of other files call, where they reach sync code of this one that may block."""
    found: dict[object, None] = {}
    if not world.reaching.is_asked() or world.hosts.is_silent_file(module.path):
        return found
    nodes = (Node(module.path, span, owner) for span, owner in functions(module) if not span.is_async)
    roots = {root: None for node in nodes if world.reaching.may_block(node) for root in world.reaching.roots(node)}
    spent = 0
    for root in roots:
        if root not in world.summaries.roots:
            spent += world.begin()
            if spent > MAX_WORK_OF_FILE:
                break
            try:
                frame = run_root(world, world.module(root.path), root.span, root.owner)
            except (Exhausted, RecursionError):
                frame = None  # which is said where it stands
            world.summaries.roots[root] = () if frame is None else tuple(frame.callees)
        found.update(dict.fromkeys(world.summaries.roots[root]))
    return found


def _settings(world: World, module: Module) -> Iterator[Persistent]:
    """Persistent connections in this file's settings, where they do harm."""
    settings = world.settings
    for alias in sorted(settings.aliases() or ()):
        place = settings.line("DATABASES", alias, "CONN_MAX_AGE")
        if place is None or place[0] != module.path:
            continue
        pool = bool(settings.has_pool(alias))
        if (settings.conn_max_age(alias) or 0) > 0 and (pool or world.serves_asgi):
            text = module.lines[place[1] - 1]
            yield Persistent(Step(module.path, place[1], len(text) - len(text.lstrip()), "CONN_MAX_AGE"), alias, pool)


def _is_reported(world: World, module: Module, event: Event) -> bool:
    """Whether a request may hold where the event is."""
    around = hosts.enclosing(module, event.at.line)
    return around is None or not world.hosts.is_silent(module, *around)


def _keep(found: dict[tuple[object, ...], Event], module: Module, event: Event) -> None:
    if event.at.path != module.path:
        return
    key = (
        type(event),
        event.at.line,
        event.at.column,
        event.wait.kind if isinstance(event, Met) else getattr(event, "problem", ""),
    )
    known = found.get(key)
    if isinstance(known, Met) and isinstance(event, Met):
        event = replace(known, holds=tuple(earliest({*known.holds, *event.holds})))
    found[key] = event


def _inside(summaries: Summaries, reached: Iterable[object]) -> Iterator[Summary]:
    """The summaries of every function that was called on the way, in an order that does not depend on hashes."""
    seen = set[object]()
    todo = _known(summaries, reached, seen)
    while todo:
        summary = todo.pop()
        yield summary
        todo += _known(summaries, summary.callees, seen)


def _known(summaries: Summaries, entries: Iterable[object], seen: set[object]) -> list[Summary]:
    """The summaries of those entries that were not seen yet."""
    fresh = [entry for entry in entries if isinstance(entry, Entry) and entry in summaries.known and entry not in seen]
    seen.update(fresh)
    return [summaries.known[entry] for entry in fresh]


def functions(module: Module) -> Iterator[tuple[FunctionSpan, ClassRef | None]]:
    """The functions of a module and the methods of its classes."""
    for spans in module.outline.functions.values():
        yield from ((span, None) for span in spans)
    for name, cls in module.outline.classes.items():
        yield from _methods(cls, ClassRef(module.path, name))


def _methods(span: ClassSpan, cls: ClassRef) -> Iterator[tuple[FunctionSpan, ClassRef]]:
    for spans in span.methods.values():
        yield from ((method, cls) for method in spans)
    for name, inner in span.classes.items():
        yield from _methods(inner, ClassRef(cls.path, f"{cls.name}.{name}"))


def run_root(world: World, module: Module, span: FunctionSpan, owner: ClassRef | None) -> Frame | None:
    """Run a function as an entry: with unknown arguments, from what its decorators leave open."""
    raw = world.linker.raw_function(module, span, owner)
    if raw is None:
        return None
    decorated = world.linker.function(module, span, owner)
    context = LOOP if span.is_async else REQUEST_THREAD
    is_view = entries.is_sync_entry(world, module, span, owner) and not raw.ref.flow.is_generator
    if not span.is_async and not isinstance(decorated, Threaded) and not is_view:
        return _run_factory(world, module, raw) if makes_async(module, span) else None
    frame = start_frame(world.linker.quiet_frame(module, span.first), raw, NO_ARGUMENTS, context, entry=True)
    first = entry_state(world, module, raw, decorated, context)
    first.names = dict(frame.names)
    first.holds |= entries.dispatch_holds(world, module, span, owner)
    if any(hold.opened is not None and hold.opened.name == "LoginRequiredMiddleware" for hold in first.holds):
        first.kept |= remembered.AFTER_LOGIN_MIDDLEWARE
    first.transactions |= entries.request_transactions(world, module, span, owner)
    first.holds |= {Hold(scope.key, scope.opened) for scope in first.transactions}
    if isinstance(decorated, Factory):
        frame.on_yield = lambda value: _any_body(frame)
    frame.restart(first)
    summarise(frame)
    if isinstance(decorated, FunctionValue) and decorated.ref != raw.ref:
        world.wrapped.append(raw.ref)
        if decorated.ref.path == module.path:
            _run_beside(frame, decorated)
        else:
            _run_around(frame, raw, decorated)
        world.wrapped.pop()
    _run_nested(frame)
    return frame


def _run_factory(world: World, module: Module, raw: FunctionValue) -> Frame:
    """Run a sync function only for the async functions that it makes."""
    frame = start_frame(world.linker.quiet_frame(module, raw.ref.line), raw, NO_ARGUMENTS, LOOP, entry=True)
    frame.restart(State(dict(frame.names)))
    summarise(frame)
    frame.events.clear()
    _run_nested(frame)
    return frame


def _run_beside(frame: Frame, function: FunctionValue) -> None:
    """Run a function of the same file that this one brings with it: its wrapper, a nested function."""
    context = LOOP if function.ref.flow.is_async else frame.home
    inner = start_frame(frame, function, NO_ARGUMENTS, context, entry=True)
    inner.restart(State(dict(inner.names)))
    summarise(inner)
    _run_nested(inner)
    frame.adopt(inner, streams=inner.waited)


def _run_around(frame: Frame, function: FunctionValue, wrapper: FunctionValue) -> None:
    """Run a wrapper of another file for what it has opened when a stream that this function made is sent: it is told here."""
    returned = frame.exits.returned
    if returned is None or not returned.streams:
        return
    inner = start_frame(frame, wrapper, NO_ARGUMENTS, LOOP if wrapper.ref.flow.is_async else frame.home, entry=True)
    inner.restart(State(dict(inner.names)))
    summarise(inner)
    holds: dict[Hold, Wait] = {}
    for event in inner.events.values():
        if isinstance(event, Met) and event.wait.kind == "stream":
            for hold in event.holds:
                if hold.opened is not None and not _within(hold.steps, function):
                    place = _decorator(frame.world, frame.module, function, hold.opened) or hold.opened
                    holds[Hold(hold.key, place, (hold.opened, *hold.steps))] = event.wait
    for hold, wait in holds.items():
        for statement in sorted({handed.statement for handed in returned.streams}):
            frame.meet(wait, frame.step(statement), [hold])


def _within(steps: Iterable[Step], function: FunctionValue) -> bool:
    """Whether a way leads through a function: what it has opened itself is told of it already."""
    last = function.ref.line + function.ref.at[2]
    return any(step.path == function.ref.path and function.ref.line <= step.line <= last for step in steps)


def _run_nested(frame: Frame) -> None:
    """Nested async functions are entries of their own: whoever gets them may call them."""
    for function in frame.nested.values():
        if function.ref.flow.is_async:
            _run_beside(frame, function)


def _is_yield(event: Event) -> bool:
    return isinstance(event, Met) and event.wait.kind == "yield"


def _any_body(frame: Frame) -> Value:
    """The `with` body of a context manager whose users are not known: it may raise anything."""
    frame.raise_("raise:")
    return UNKNOWN


def entry_state(world: World, module: Module, raw: FunctionValue, decorated: Value, context: Context) -> State:
    """The state in which a function begins: its decorators may have opened connections and transactions."""
    first = State()
    is_property = isinstance(decorated, Closed) and decorated.role == "property"
    if decorated == raw or is_property or isinstance(decorated, (Factory, Threaded, Synced)):
        return first
    decorators = raw.ref.flow.decorators
    name = "@" + (callee(decorators[0]) if decorators else "method_decorator")
    line = raw.ref.line
    if isinstance(decorated, Guarded):
        name, line = "@" + decorated.path.rpartition(".")[2], decorated.line or line
    place = Step(module.path, line, 0, name)
    found = _probe(world, module, raw, decorated, context, place)
    if found:
        first.kept = frozenset.intersection(*(state.kept for state in found))
    for state in found:
        for hold in ordered(state.holds):
            if hold.opened is not None:
                opened = _decorator(world, module, raw, hold.opened) or place
                first.holds |= {Hold(hold.key, opened, (hold.opened, *hold.steps))}
        first.transactions |= {Scope(scope.key, place) for scope in state.transactions if scope.opened is not None}
    return first


def _decorator(world: World, module: Module, raw: FunctionValue, step: Step) -> Step | None:
    """The decorator whose own code a step is in, by its name and line."""
    outer = hosts.enclosing(world.module(step.path), step.line)
    if outer is None:
        return None
    code = raw.ref.flow
    lines = decorator_lines(module, raw.ref.line + code.at[0], raw.ref.line + code.header, len(code.decorators))
    for line, name in zip(lines, map(callee, code.decorators)):
        if outer[0].name in name.split("."):
            return Step(module.path, line, 0, f"@{name}")
    if raw.ref.owner is not None:
        for line, decorator in around.decorators(world.linker.quiet_frame(module), raw.ref.owner, code):
            if isinstance(decorator, FunctionValue) and decorator.ref.name == outer[0].name:
                return Step(module.path, line, 0, f"@{outer[0].name}")
    return None


def _probe(world: World, module: Module, raw: FunctionValue, decorated: Value, context: Context, place: Step) -> list[State]:
    """Call a decorated function, and look at each state in which the function itself is reached."""
    summaries, world.summaries = world.summaries, Summaries()
    world.probes[raw.ref] = []
    frame = Frame(world, module, context, line=raw.ref.line)
    frame.place = place
    try:
        for option in options(decorated):
            frame.restart(State())
            frame.place = place
            calls.await_(frame, calls.call(frame, option, NO_ARGUMENTS))
        return world.probes[raw.ref]
    finally:
        del world.probes[raw.ref]
        world.summaries = summaries
