"""The report of a period: frozen, printed, printed again, signed off and sealed; and whether all of it is whole."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from pipeline.decisions import decide
from pipeline.home import require_home
from pipeline.integrity import approvals, log_heads, require_whole_home, verify_home
from pipeline.outcome import HELD, Outcome, StepError
from pipeline.settings import Settings, git_commit
from pipeline.warehouse import DATABASE, BuildError, built_with


def freeze(settings: Settings, period: str) -> Outcome:
    """Copy the published warehouse for the report of a period."""
    from reports.freeze import FreezeError
    from reports.freeze import freeze as freeze_copy

    require_whole_home(settings)
    try:
        inputs = built_with(settings.published / DATABASE)
        result = freeze_copy(settings.published, settings.releases, period, inputs)
    except (FreezeError, BuildError) as error:
        raise StepError(str(error)) from error
    name = result.directory.relative_to(settings.releases)
    summary = (
        f"frozen into releases/{name}" if result.is_new else f"releases/{name} is released and unchanged"
    )
    return Outcome("freeze", 0, summary, {"directory": str(result.directory), "is_new": result.is_new})


def report(settings: Settings, period: str) -> Outcome:
    """Print docx and xlsx (and pdf where LibreOffice is) from the frozen copy, and prove every figure against it."""
    from reports.definition import DefinitionError
    from reports.freeze import FreezeError, current_directory
    from reports.frozen import SEAL, ReportError
    from reports.pdf import PdfError, make_pdf
    from reports.pdf_proof import prove_pdf
    from reports.proof import prove
    from reports.render import ReportHeld, render

    try:
        directory = current_directory(settings.releases, period)
        if (directory / SEAL).exists():
            files = [str(path) for path in sorted(directory.glob("bao-cao-*"))]
            return Outcome("report", 0, f"{directory.name} is released; its report stands", {"files": files})
        paths = render(directory, period)
        differences = prove(directory, period)
        if differences:
            raise StepError("The printed report differs from the frozen warehouse: " + " ".join(differences))
        pdf = make_pdf(paths[0])
        differences = prove_pdf(paths[0], pdf) if pdf else None
        if differences:
            pdf.unlink()
            raise StepError("The PDF differs from the proven document and is removed: " + differences[0])
    except ReportHeld as error:
        return Outcome("report", HELD, str(error))
    except (FreezeError, ReportError, DefinitionError, PdfError) as error:
        raise StepError(str(error)) from error
    files = [*paths, *([pdf] if pdf else [])]
    note = "" if pdf else "; no pdf, LibreOffice is not installed"
    if pdf and differences is None:
        note = "; the pdf is not read back, poppler (pdftotext) is not installed"
    names = ", ".join(path.name for path in files)
    return Outcome(
        "report", 0, f"{names}; every figure proven{note}", {"files": [str(path) for path in files]}
    )


def report_again(settings: Settings, period: str, into: Path) -> Outcome:
    """Print a released report again from the archive alone; 1 when it is not, byte for byte, the sealed one."""
    from pipeline.print_again import print_release_again
    from reports.definition import DefinitionError
    from reports.freeze import FreezeError
    from reports.frozen import ReportError

    if into.resolve().is_relative_to(settings.releases):
        raise StepError(
            f"{into} lies in releases/, where nothing is added to what is sealed; give another folder."
        )
    require_whole_home(settings)
    try:
        again = print_release_again(settings, period, into)
    except (BuildError, FreezeError, ReportError, DefinitionError) as error:
        raise StepError(str(error)) from error
    details = {
        "release": again.release,
        "files": [str(path) for path in again.paths],
        "sha256": again.sha256,
        "differing": again.differing,
    }
    printed = ", ".join(f"{name} sha256 {found[:16]}" for name, found in again.sha256.items())
    if not again.differing:
        summary = (
            f"{printed}: printed again from the archive, byte for byte as sealed in releases/{again.release}"
        )
        return Outcome("report", 0, summary, details)
    what = "other figures" if again.has_other_figures else "the same figures in another form"
    here = git_commit()
    if again.released_with == here:
        advice = "This is the version it was released with: tell the developers."
    else:
        advice = f"It was released with commit {again.released_with}, this is {here}: print it again with that version."
    summary = (
        f"printed again from the archive, {', '.join(again.differing)} is not what was sealed in "
        f"releases/{again.release}: {what}. {advice} The sealed files stand, whole."
    )
    return Outcome("report", HELD, summary, details)


def release(settings: Settings, period: str, by: str, why: str = "") -> Outcome:
    """Approve the report of a period under the name of the person who signs it off, then seal it.

    One that broke off between the two is finished by calling it again.
    """
    from ingest.vietnamese import clean
    from reports.definition import DefinitionError
    from reports.freeze import FreezeError, current_directory
    from reports.frozen import SEAL, ReportError
    from reports.render import differing
    from reports.seal import SealError, content_of, require_sealable, seal

    require_whole_home(settings, releasing=period)
    try:
        directory = current_directory(settings.releases, period)
        name = directory.relative_to(settings.releases).as_posix()
        was_sealed = (directory / SEAL).exists()
        if not was_sealed:
            require_sealable(directory, by, settings.known_at)
            if changed := differing(directory, period):
                raise StepError(
                    f"releases/{name}/{', '.join(changed)} is not what the frozen copy prints; "
                    f"nothing is approved. Run: ocop report {period}"
                )
            content = content_of(directory)
            approval = approvals(settings).get(name)
            if not approval or (approval.get("content_sha256"), approval["by"]) != (content, clean(by)):
                what = {"period_code": period, "release": name, "content_sha256": content}
                approval = decide(settings, "approve", by, why, **what)
            approved_at = datetime.fromisoformat(approval["decided_at"])
            seal(directory, approval["by"], approval["why"], approved_at, log_heads(settings))
        sealed = seal(directory, by, why, settings.known_at)
    except (FreezeError, ReportError, DefinitionError, SealError) as error:
        raise StepError(str(error)) from error
    details = {"directory": str(directory), "signed_by": sealed["signed_by"]}
    if was_sealed:
        return Outcome(
            "release", 0, f"releases/{name} was released by {sealed['signed_by']} and is unchanged", details
        )
    return Outcome("release", 0, f"releases/{name} released by {sealed['signed_by']}", details)


def verify(settings: Settings) -> Outcome:
    """Whether logs, originals and releases are as they were written; 1 when they are not."""
    require_home(settings)
    faults = verify_home(settings)
    summary = " ".join(faults) if faults else "everything is as it was written"
    return Outcome("verify", HELD if faults else 0, summary, {"faults": faults})
