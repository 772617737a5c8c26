from __future__ import annotations

import pickle

from tts_core import errors


def test_the_tree_is_drawn_as_it_is() -> None:
    """Check that every class is in the module's docstring, below its parent."""
    drawing = [line.rstrip() for line in (errors.__doc__ or "").splitlines()]
    depth = {
        line.replace("│", " ").replace("├──", "   ").replace("└──", "   ").split()[0]: len(line)
        - len(line.lstrip(" │├└─"))
        for line in drawing
        if line.strip() and any(name in line for name in vars(errors))
    }
    classes = {n: c for n, c in vars(errors).items() if isinstance(c, type)}
    for name, cls in classes.items():
        assert name in depth, f"{name} is not drawn"
        if cls is not errors.TTSError:
            assert depth[cls.__base__.__name__] < depth[name]


def test_types_are_unique() -> None:
    classes = [c for c in vars(errors).values() if isinstance(c, type)]
    assert len({c.type for c in classes}) == len(classes)


def test_they_survive_a_process_boundary() -> None:
    error = errors.UnknownNameError("No such voice.", "voice")
    copy = pickle.loads(pickle.dumps(error))
    assert (str(copy), copy.field) == ("No such voice.", "voice")
