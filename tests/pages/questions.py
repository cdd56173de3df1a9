"""Questions on a page under AppTest, each answered in a form."""

from pages.lesson.prediction import COMMIT, UNKNOWN


def open_questions(at):
    """The radio groups whose choice counts when "This is my answer" is pressed."""
    return [radio for radio in at.radio if radio.form_id]


def commit(at, choice=UNKNOWN):
    """Answer the first open question."""
    open_questions(at)[0].set_value(choice)
    next(button for button in at.button if button.label == COMMIT).click().run()
    assert not at.exception
    return at
