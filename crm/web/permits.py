"""What each private route asks of who is signed in: one line a route, read from top to bottom.

A route that stands nowhere here is refused to everybody but the owner, and tests/web/test_permits.py fails
until it does. `settings.sending.*` names all routes of a blueprint at once: only for what is the owner's
alone, so that a route added there later is open to nobody by accident.
"""

from __future__ import annotations

from functools import lru_cache

from crm.rules.permissions import May

ASKED: dict[May, str] = {
    May.OWN_ACCOUNT: """
        session.destroy settings.index settings.shortcuts
        settings.account.show settings.account.update
        settings.account.update_keys settings.account.update_password
        again.create lock.create settings.browsers.destroy settings.browsers.destroy_others
        settings.passkeys.new settings.passkeys.options settings.passkeys.create
        settings.passkeys.rename settings.passkeys.destroy
        settings.second_step.new settings.second_step.create settings.second_step.confirm
        settings.second_step.create_codes settings.second_step.destroy settings.second_step.owed
    """,
    May.SEE_PEOPLE: """
        today.show today.waiting today.news people.index find.show person.show waitlist.index
        settings.colleagues.show
    """,
    May.SEE_SCHEDULE: """
        going_out.show sent.index
    """,
    May.READ_WORDS: """
        messages.show decisions.index screener.danger kept_mail.file kept_mail.raw privacy.looks
    """,
    May.ARRANGE: """
        bookings.new bookings.create bookings.new_outcome bookings.create_outcome
        bookings.create_approval bookings.create_refusal bookings.create_cancellation
        correspondence.new_call correspondence.create_call correspondence.create_draft
        reminders.new reminders.create reminders.create_settlement snooze.new snooze.create
        stages.new_stage stages.create_stage stages.new_closure stages.create_closure
        referrals.new referrals.create_letter referrals.create undo.create
    """,
    May.WRITE: """
        correspondence.create_reply correspondence.new_note correspondence.create_note
        wording.edit wording.update wishes.create
    """,
    May.STEER: """
        approvals.create approvals.create_several
        departures.create_departure departures.create_skip departures.create_arrival
        departures.create_repetition departures.create_settlement
        going_out.create_dismissal
        pauses.create_pause pauses.create_resumption pauses.new_reassurance pauses.create_reassurance
        pauses.new_enrollment pauses.create_enrollment undo.create_several
        stages.create_spam stages.create_freedom
    """,
    May.TAG: """
        marks.create_tag marks.remove_tag
    """,
    May.KEEP_VIEWS: """
        saved_views.new saved_views.create saved_views.edit saved_views.rename
        saved_views.remove saved_views.restore
    """,
    May.INTRODUCE: """
        contact.new contact.create
    """,
    May.CORRECT: """
        contact.edit contact.update going_out.create_address resubscription.new resubscription.create
        own_details.accept own_details.put_back
    """,
    May.COORDINATE: """
        imports.index imports.create imports.show imports.update_columns imports.create_addition
        imports.create_removal imports.create_oblivion
        long_sweeps.show long_sweeps.create_work long_sweeps.create_removal
        marks.create_assignment
        merging.choose merging.new merging.create merging.create_parting
        merging.create_distinction merging.take_back_distinction
        screener.teach_network
        sweeps.new sweeps.create sweeps.undo
        tags.index tags.show tags.rename tags.merge tags.remove tags.undo
        unplaced.create_person unplaced.create_newcomer unplaced.create_dismissal
        unplaced.bring_back unplaced.take_back
        waitlist.new waitlist.create waitlist.withdraw waitlist.settle
        waitlist.new_acceptance waitlist.accept waitlist.put_first waitlist.put_in_line
    """,
    May.SEE_ASIDE: """
        screener.spam screener.week unplaced.show
    """,
    May.SEE_REPORTS: """
        reports.show reports.people reports.download
    """,
    May.SEE_PLANS: """
        emails.index emails.show_letter emails.versions sequences.index sequence_versions.index
    """,
    May.EDIT_PLANS: """
        emails.new emails.create emails.show emails.update
        emails.create_preview emails.create_checks emails.create_test
        emails.create_restoration emails.create_archival emails.create_revival
        sequences.show sequences.update sequences.create_activity sequences.create_draft sequences.create_test
        sequences.new_rest sequences.create_rest
        sequence_names.new sequence_names.create sequence_names.edit sequence_names.update
    """,
    May.KEEP_COLLEAGUES: """
        settings.colleagues.create settings.colleagues.edit settings.colleagues.update
        settings.colleagues.create_confirmation settings.colleagues.create_archival
        settings.colleagues.create_return settings.colleagues.undo
    """,
    May.HOLD: """
        going_out.create_hold going_out.create_resumption
    """,
    May.RUN: """
        settings.hours.show settings.hours.update settings.hours.update_pace
        settings.hours.create_absence settings.hours.remove_absence
        settings.spam.show settings.spam.update_proof settings.spam.forget
        settings.form.show settings.form.create settings.form.update
        settings.form_editor.show settings.form_editor.update settings.form_editor.create_draft
        settings.form_editor.create_preview settings.form_editor.look settings.form_editor.versions
        settings.form_place.show settings.form_place.new_pause settings.form_place.create_pause
        settings.form_place.create_return settings.form_place.create_archival
    """,
    May.TAKE_CALLS: """
        settings.calls.show settings.calls.update_hours settings.calls.update_manner
        settings.calls.update_ways settings.calls.create_days settings.calls.remove_days
        settings.calendar.connect settings.calendar.connect_by_login settings.calendar.disconnect
        settings.calendar.open_feed settings.calendar.update_feed settings.calendar.close_feed
    """,
    May.EXPORT: """
        sweeps.export privacy.new_export privacy.create_export
    """,
    May.SET_UP: """
        first_steps.* restored.* settings.accounts.* settings.mailbox.* settings.privacy.*
        privacy.new_erasure privacy.create_erasure privacy.create_keeping privacy.end_keeping
        settings.danger.* settings.other_programs.* settings.practice.* settings.sending.* settings.ways_in.*
    """,
}
LINES = {line: what for what, lines in ASKED.items() for line in lines.split()}


@lru_cache(maxsize=1024)
def asked_of(endpoint: str) -> May | None:
    """What this route asks for. None where it stands nowhere: then it is the owner's alone."""
    if endpoint in LINES:
        return LINES[endpoint]
    above = endpoint.split(".")[:-1]
    blueprints = (".".join(above[:upto]) for upto in range(len(above), 0, -1))
    return next((LINES[f"{name}.*"] for name in blueprints if f"{name}.*" in LINES), None)
