"""What is personal lies in folders only the service and its group may enter."""

import stat

from homes import settings_of

from pipeline import steps


def test_others_may_not_enter_what_holds_names_and_numbers(tmp_path):
    settings = settings_of(tmp_path)
    settings.archive.mkdir(mode=0o777)
    settings.landing.mkdir()
    steps.land(settings)
    for folder in (settings.archive, settings.raw, settings.decisions.parent):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o750, folder
