"""Exceptions: which handler gets what is held, and what goes further."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.analysis.saying import view


def test_a_handler_gets_what_is_raised_for_it(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
async def view(request):
    try:
        await load()
        raise ValueError("no")
    except Refused:
        await ask("another error")
    except KeyError:
        await ask("another error")
    except ValueError:
        await ask("hi")  # LDB101
""",
    )


@pytest.mark.parametrize("raised", ["Refused", "Refused()", "Refused('no') from None"])
@pytest.mark.parametrize("handler", ["except Refused:", "except (KeyError, Refused) as error:", "except Exception:", "except:"])
def test_what_is_caught_goes_no_further(tmp_path: Path, handler: str, raised: str) -> None:
    view(
        tmp_path,
        f"""
async def view(request):
    await load()
    try:
        try:
            raise {raised}
        {handler}
            await release()
    except Exception:
        await ask("hi")
""",
    )


def test_what_is_raised_again_is_held(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
async def view(request):
    try:
        try:
            await load()
        except Exception:
            raise
    except ValueError:
        await ask("perhaps")  # LDB101
    except Exception:
        await ask("hi")  # LDB101
""",
    )


def test_an_unknown_error_may_be_for_any_handler(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
async def view(request, make):
    try:
        await load()
        raise make()
    except Refused:
        await ask("perhaps")  # LDB101
    except ValueError:
        await ask("perhaps")  # LDB101
""",
    )


def test_a_body_that_releases_has_released_where_it_raises(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
async def view(request):
    await load()
    try:
        await release()
        request.read()
    except Exception:
        await ask("hi")

async def returns(request):
    await load()
    try:
        await release()
        return request.read()
    except Exception:
        await ask("hi")

async def does_not(request):
    await load()
    try:
        request.read()
    except Exception:
        await ask("hi")  # LDB101
""",
    )


def test_a_wait_may_be_cancelled_past_except_exception(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
async def view(request):
    try:
        await load()
    except KeyError:
        await ask("no query raises it")
    except Exception:
        await release()
    except SystemExit:
        await ask("this is no cancellation")
    except asyncio.CancelledError:
        await ask("hi")  # LDB101

async def bare(request):
    try:
        await load()
    except Exception:
        await release()
    except:
        await ask("hi")  # LDB101
""",
    )


def test_one_of_several_types_may_be_the_cancellation(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
async def tuple_of(request):
    try:
        await load()
    except Exception:
        await release()
    except (SystemExit, asyncio.CancelledError):
        await ask("hi")  # LDB101
""",
    )


def test_raising_is_not_cancelled(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
async def view(request):
    await load()
    try:
        if request.GET:
            raise ValueError
        await release()
    except ValueError:
        pass
    except BaseException:
        await ask("hi")
""",
    )


def test_finally_is_on_the_way_of_what_is_raised(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
async def releases(request):
    try:
        try:
            await load()
            raise ValueError
        finally:
            await release()
    except ValueError:
        await ask("hi")

async def does_not(request):
    try:
        try:
            await load()
            raise ValueError
        finally:
            request.close()
    except ValueError:
        await ask("hi")  # LDB101

async def never_ends(request):
    try:
        try:
            await load()
            raise ValueError
        finally:
            raise KeyError
    except ValueError:
        await ask("replaced by the other error")
    except KeyError:
        await ask("hi")  # LDB101
""",
    )


def test_who_gathers_what_is_raised_may_still_be_cancelled(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
async def view(request):
    try:
        await asyncio.gather(load(), return_exceptions=True)
    except Exception:
        await ask("never")
    except BaseException:
        await ask("hi")  # LDB101
""",
    )


def test_what_is_raised_again_cancels_nothing(tmp_path: Path) -> None:
    view(
        tmp_path,
        """
async def raised_again(request):
    try:
        with contextlib.suppress(BaseException):
            await load()
        try:
            raise ValueError
        except ValueError:
            raise
    except Exception:
        await release()
    except BaseException:
        await ask("hi")
        raise
""",
    )
