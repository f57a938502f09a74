"""Searching a flow: definitions, assignments, the names that a function reads."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from flake8_django_async.source import flow


def find_definition(block: flow.Block, name: str) -> flow.Function | None:
    """The definition of a name in a slice, the last where there are several."""
    found = (it.function for it in reversed(block) if isinstance(it, flow.Define) and it.function.name == name)
    return next(found, None)


def bindings(block: flow.Block, name: str) -> Iterator[flow.Bind]:
    """The assignments in a slice that bind a name."""
    return (it for it in block if isinstance(it, flow.Bind) and any(_binds(target, name) for target in it.targets))


def _binds(target: flow.Expr, name: str) -> bool:
    if isinstance(target, flow.Sequence):
        return any(_binds(item, name) for item in target.items)
    return target == flow.Name(name)


def nested_statements(block: flow.Block) -> Iterator[flow.Stmt]:
    """The statements of a block and of the blocks in it, nested functions left out."""
    for statement in block:
        yield statement
        for inner in inner_blocks(statement):
            yield from nested_statements(inner)


def inner_blocks(statement: flow.Stmt) -> Iterator[flow.Block]:
    """The blocks inside a compound statement, those of nested functions left out."""
    match statement:
        case flow.If(body=body, orelse=orelse) | flow.While(body=body, orelse=orelse) | flow.For(body=body, orelse=orelse):
            yield from (body, orelse)
        case flow.With(body=body):
            yield body
        case flow.Try(body=body, handlers=handlers, orelse=orelse, final=final):
            yield body
            yield from (handler.body for handler in handlers)
            yield from (orelse, final)
        case flow.Match(cases=cases):
            yield from (case.body for case in cases)
        case _:
            return


def free_names(code: flow.Function) -> frozenset[str]:
    """The names that a function reads, its nested functions and its defaults included, less its own parameters."""
    defaults = tuple(parameter.default for parameter in code.parameters if parameter.default is not None)
    own = {parameter.name for parameter in code.parameters}
    return (_names((code.parameters, code.body)) - own) | _names(defaults)


def _names(*parts: object) -> frozenset[str]:
    found: set[str] = set()
    todo = list(parts)
    while todo:
        item = todo.pop()
        if isinstance(item, flow.Name):
            found.add(item.id)
        elif isinstance(item, tuple):
            todo.extend(item)
        elif hasattr(item, "__dataclass_fields__"):
            todo.extend(getattr(item, name) for name in item.__dataclass_fields__)
    return frozenset(found)


def flags(code: flow.Function) -> frozenset[str]:
    """The parameters that a function or one nested in it tests by themselves (`if release:`, `is None`) and never binds again."""
    parameters = {parameter.name for parameter in code.parameters}
    tested: set[str] = set()
    bound: set[str] = set()
    todo: list[object] = [code.body]
    while todo:
        item = todo.pop()
        match item:
            case tuple():
                todo.extend(item)
                continue
            case flow.If(test=test) | flow.While(test=test) | flow.Conditional(test=test):
                tested.update(_tested(test))
            case flow.Bind(targets=targets):
                bound.update(target_names(targets))
            case flow.Augment(target=target) | flow.For(target=target) | flow.Clause(target=target):
                bound.update(target_names((target,)))
            case flow.With(items=items):
                bound.update(target_names(tuple(each.target for each in items if each.target is not None)))
            case flow.Walrus(name=name) | flow.Import(name=name) | flow.DefineClass(name=name) | flow.Handler(name=str(name)):
                bound.add(name)
            case flow.Function(name=name, parameters=inner):
                bound.update((name, *(parameter.name for parameter in inner)))
            case flow.Case(names=names, guard=guard):
                bound.update(names)
                tested.update(() if guard is None else _tested(guard))
            case flow.Declare(names=names):
                bound.update(names)
            case _:
                pass
        if hasattr(item, "__dataclass_fields__"):
            todo.extend(getattr(item, name) for name in item.__dataclass_fields__)
    return frozenset(tested & parameters - bound)


def _tested(test: flow.Expr) -> Iterator[str]:
    match test:
        case flow.Name(id=name):
            yield name
        case flow.Not(value=value):
            yield from _tested(value)
        case flow.Boolean(left=left, right=right):
            yield from _tested(left)
            yield from _tested(right)
        case flow.Opaque(parts=(flow.Name(id=name), flow.Constant(value=None))):
            yield name
        case _:
            return


def target_names(targets: tuple[flow.Expr, ...]) -> Iterator[str]:
    """The names that targets of an assignment or a loop bind."""
    for target in targets:
        match target:
            case flow.Name(id=name):
                yield name
            case flow.Sequence(items=items):
                yield from target_names(items)
            case flow.Starred(value=value):
                yield from target_names((value,))
            case _:
                pass


class Assignment:
    """One assignment that was looked for, and the imports and plain assignments before it in its function."""

    __slots__ = ("before", "bind", "is_entry")

    def __init__(self, bind: flow.Bind, before: tuple[flow.Bind | flow.Import, ...], is_entry: bool) -> None:
        self.bind = bind
        self.before = before
        self.is_entry = is_entry


def attribute_assignments(block: flow.Block, name: str, *, of_any: bool = False) -> Iterator[Assignment]:
    """Each `self.name = value` or `self.name[key] = value` of a method, or each one whatever `self` is called."""
    self = flow.Name("self")
    return _assignments(
        block, lambda target: isinstance(target, flow.Attribute) and target.attr == name and (of_any or target.value == self)
    )


def name_assignments(block: flow.Block, name: str) -> Iterator[Assignment]:
    """Each `name = value` or `name[key] = value` of a function."""
    return _assignments(block, lambda target: target == flow.Name(name))


def _assignments(block: flow.Block, is_meant: Callable[[flow.Expr], bool]) -> Iterator[Assignment]:
    before: list[flow.Bind | flow.Import] = []

    def search(block: flow.Block) -> Iterator[Assignment]:
        for statement in block:
            if isinstance(statement, flow.Import):
                before.append(statement)
            elif isinstance(statement, flow.Bind):
                if any(map(is_meant, statement.targets)):
                    yield Assignment(statement, tuple(before), is_entry=False)
                elif any(isinstance(target, flow.Subscript) and is_meant(target.value) for target in statement.targets):
                    yield Assignment(statement, tuple(before), is_entry=True)
                else:
                    before.append(statement)
            else:
                for inner in inner_blocks(statement):
                    yield from search(inner)

    return search(block)
