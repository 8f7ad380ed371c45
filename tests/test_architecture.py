"""The rules that the whole package keeps: which way imports point, how long a file is, what is public."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import prefectkit

PACKAGE = Path(prefectkit.__file__).parent
FILES = sorted(PACKAGE.rglob("*.py"))
MODULES = sorted(module.name for module in pkgutil.walk_packages(prefectkit.__path__, "prefectkit."))
MOST_LINES = 400

# What a part may import, besides itself. A part that is not listed is a module of `prefectkit/` itself.
ALLOWED = {
    "version": set[str](),
    "core": {"version"},
    "errors": {"core"},
    "models": {"core"},
    "plugins": {"core", "version"},
    "transports": {"core", "version"},
    "resources": {"core", "models"},
    "assembly": {"core", "plugins", "transports"},
    "client_config": {"core", "plugins", "assembly"},
    "client": {"core", "plugins", "resources", "assembly", "client_config"},
    "compat": {
        "core",
        "models",
        "plugins",
        "resources",
        "transports",
        "assembly",
        "client",
        "client_config",
        "errors",
        "version",
    },
    "migrate": {"compat"},
    "": {"version", "client", "core", "resources", "errors", "models", "plugins", "transports"},
}
# Metaphors that stood for terms of the field. `CONTRIBUTING.md` lists the terms.
METAPHORS = {
    "answer", "answered", "answers", "handed", "handing", "has_news", "heed", "hole", "holes", "homes", "judge",
    "kindred", "kinship", "leniency", "patience", "refuse_inside", "replay", "replays", "replays_alone", "seat",
    "seats", "settle", "shelf", "tape", "team", "together", "turn", "vault", "worded",
    "bears_secrets", "earned", "looks", "meant", "misfit", "of_version", "revealing", "said", "scrub", "told",
    "ending", "endings", "endless", "hidden", "impatient", "lane", "look", "nobody", "notes", "patient", "tally",
    "world",
    "alike", "crosses", "kept", "mend", "ours", "theirs",
}  # fmt: skip
MOST_ANSWERS = 40
DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
HTTP_LIBRARIES = {"httpx", "httpcore", "h11", "h2", "requests", "aiohttp", "urllib3"}


def module_of(path: Path) -> str:
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imported(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """What a module imports when it runs, also inside functions, and where; not what only type checkers see."""
    todo = [tree]
    while todo:
        node = todo.pop()
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            todo += node.orelse
            continue
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((f"{node.module}.{alias.name}", node.lineno) for alias in node.names)
        todo += ast.iter_child_nodes(node)


IMPORTS = {path: list(imported(ast.parse(path.read_text()))) for path in FILES}


def part_of(module: str) -> str:
    """The part of the package that a module, or a name in one, belongs to."""
    name = module.split(".")[1] if "." in module else ""
    return name if name in ALLOWED else ""


def test_imports_point_one_way() -> None:
    wrong: list[str] = []
    for path, imports in IMPORTS.items():
        part = part_of(module_of(path))
        for name, line in imports:
            target = part_of(name)
            if name.startswith("prefectkit") and target != part and target not in ALLOWED[part]:
                wrong.append(f"{path.relative_to(PACKAGE.parent)}:{line} imports {name}")
    assert wrong == []


def circles(graph: dict[str, set[str]]) -> list[str]:
    """The modules that import themselves by way of others."""
    reachable = {module: set(targets) for module, targets in graph.items()}
    for middle in graph:
        for targets in reachable.values():
            if middle in targets:
                targets |= reachable[middle]
    return sorted(module for module, targets in reachable.items() if module in targets)


def graph_of(imports: dict[str, set[str]]) -> dict[str, set[str]]:
    """Which modules of the package each module imports, of the names that it imports."""
    graph: dict[str, set[str]] = {module: set() for module in map(module_of, FILES)}
    for module, names in imports.items():
        targets = {name if name in graph else name.rpartition(".")[0] for name in names}
        graph[module] = (targets & graph.keys()) - {module}
    return graph


def test_no_circle_of_imports_at_run_time() -> None:
    imports = {module_of(path): {name for name, _ in imports} for path, imports in IMPORTS.items()}
    assert circles(graph_of(imports)) == []


@pytest.mark.parametrize("part", ["compat", "transports"])
def test_no_circle_of_imports_for_type_checkers(part: str) -> None:
    imports: dict[str, set[str]] = {}
    for path in FILES:
        if part_of(module_of(path)) == part:
            nodes = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.ImportFrom)]
            imports[module_of(path)] = {f"{node.module}.{alias.name}" for node in nodes for alias in node.names}
    assert circles(graph_of(imports)) == []


def test_the_rule_covers_every_part() -> None:
    parts = {path.stem for path in PACKAGE.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()}
    assert parts - {"__init__"} <= ALLOWED.keys()
    for part, allowed in ALLOWED.items():
        # One way only: nothing that it may import may import it.
        assert all(part not in ALLOWED[other] for other in allowed), part


def test_relative_imports_are_not_used() -> None:
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text())):
            assert not (isinstance(node, ast.ImportFrom) and node.level), f"{path}:{node.lineno}"


def users_of(libraries: set[str]) -> set[str]:
    return {
        module_of(path)
        for path, imports in IMPORTS.items()
        if any(name.partition(".")[0] in libraries for name, _ in imports)
    }


def test_only_the_transports_know_an_http_library() -> None:
    users = users_of(HTTP_LIBRARIES)
    assert "prefectkit.transports.http.connections" in users
    # The flat methods return, and raise, what is httpx's own.
    assert {user for user in users if not user.startswith("prefectkit.transports.")} == {
        "prefectkit.compat.http",
        "prefectkit.compat.methods.server",
    }


def test_only_the_migration_knows_libcst() -> None:
    users = users_of({"libcst"})
    assert "prefectkit.migrate.rewrite" in users
    assert {user for user in users if not user.startswith("prefectkit.migrate.")} == set()


def test_each_http_library_has_one_transport() -> None:
    for libraries, home in (({"httpx", "httpcore"}, "http"), ({"aiohttp", "yarl"}, "aiohttp")):
        homes = {user for user in users_of(libraries) if user.startswith("prefectkit.transports.")}
        assert {user.split(".")[2] for user in homes} == {home}


def test_the_flat_methods_import_httpx_only_when_they_need_it() -> None:
    for path in FILES:
        if module_of(path).startswith("prefectkit.compat") and path.stem != "http":
            at_import = [node for node in ast.parse(path.read_text()).body if not isinstance(node, DEFINITIONS)]
            names = {name for node in at_import for name, _ in imported(node)}
            assert not {name for name in names if name.startswith(("httpx", "prefectkit.compat.http"))}, path


# What imports Prefect where a program has it loaded.
BESIDE_PREFECT = {"prefectkit.compat.client_swap", "prefectkit.compat.official_settings"}


def test_only_the_embedded_server_and_what_runs_beside_prefect_import_it_and_only_when_they_run() -> None:
    users = users_of({"prefect"})
    assert {user for user in users if not user.startswith("prefectkit.transports.embedded")} == BESIDE_PREFECT
    for path in FILES:
        at_import = [
            node for node in ast.parse(path.read_text()).body if isinstance(node, (ast.Import, ast.ImportFrom))
        ]
        names = {name.partition(".")[0] for node in at_import for name, _ in imported(node)}
        assert "prefect" not in names, path


@pytest.mark.parametrize("path", FILES, ids=module_of)
def test_no_file_is_too_long(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= MOST_LINES


def test_every_module_says_what_belongs_there() -> None:
    silent = [module_of(path) for path in FILES if not ast.get_docstring(ast.parse(path.read_text()))]
    assert silent == []


@pytest.mark.parametrize("name", ["prefectkit", *(name for name in MODULES if not name.endswith("__main__"))])
def test_what_is_declared_public_is_sorted_and_there(name: str) -> None:
    module = importlib.import_module(name)
    public = getattr(module, "__all__", [])
    assert list(public) == sorted(set(public))
    for exported in public:
        assert hasattr(module, exported)


def test_nothing_public_lacks_a_docstring() -> None:
    silent: list[str] = []
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_") and not ast.get_docstring(node):
                silent.append(f"{module_of(path)}.{node.name}")
    assert silent == []


def defined(tree: ast.AST) -> Iterator[str]:
    """The names of classes, functions and attributes that a module defines."""
    for node in ast.walk(tree):
        match node:
            case ast.ClassDef(name=name) | ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield name
            case ast.Attribute(attr=name, ctx=ast.Store()):
                yield name
            case ast.AnnAssign(target=ast.Name(id=name)):
                yield name
            case _:
                pass


def test_names_are_terms_of_the_field() -> None:
    found = {
        f"{module_of(path)}: {name}"
        for path in FILES
        for name in [*module_of(path).split("."), *defined(ast.parse(path.read_text()))]
        if re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower().removeprefix("async_").strip("_") in METAPHORS
    }
    assert found == set()


def test_a_response_is_called_a_response() -> None:
    found = {module_of(path): len(re.findall(r"answer", path.read_text(), re.IGNORECASE)) for path in FILES}
    assert sum(found.values()) <= MOST_ANSWERS, {name: count for name, count in found.items() if count}
