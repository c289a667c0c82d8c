"""The first schema"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('account',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('email', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('password_hash', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('looked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('looked_before_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('single_keys', sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_account')),
    sa.UniqueConstraint('email', name=op.f('uq_account_email'))
    )
    op.create_table('email_template',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('key', sa.Text(), nullable=True),
    sa.Column('archived_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('current_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['current_id'], ['template_version.id'], name='fk_email_template_current', use_alter=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_email_template')),
    sa.UniqueConstraint('key', name=op.f('uq_email_template_key'))
    )
    op.create_table('failed_sign_in',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('email', sa.Text(), nullable=False),
    sa.Column('client_key', sa.Text(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_failed_sign_in'))
    )
    with op.batch_alter_table('failed_sign_in', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_failed_sign_in_at'), ['at'], unique=False)
        batch_op.create_index(batch_op.f('ix_failed_sign_in_client_key'), ['client_key'], unique=False)
        batch_op.create_index(batch_op.f('ix_failed_sign_in_email'), ['email'], unique=False)

    op.create_table('job_run',
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('finished_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_job_run'))
    )
    op.create_table('lead',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('contact_key', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('email', sa.Text(), nullable=True),
    sa.Column('base_mailbox', sa.Text(), nullable=True),
    sa.Column('phone', sa.Text(), nullable=True),
    sa.Column('free_times', sa.Text(), nullable=False),
    sa.Column('prefers', sa.Text(), nullable=False),
    sa.Column('found_us', sa.Text(), nullable=False),
    sa.Column('looking_for', sa.Text(), nullable=False),
    sa.Column('line_from_you', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('unsubscribe_token', sa.Text(), nullable=False),
    sa.Column('page_token', sa.Text(), nullable=False),
    sa.Column('stage', sa.String(length=40), nullable=False),
    sa.Column('close_reason', sa.String(length=40), nullable=True),
    sa.Column('stage_changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('follow_ups_wanted', sa.Boolean(), nullable=False),
    sa.Column('consent_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('waiting_for', sa.String(length=40), nullable=True),
    sa.Column('waiting_since', sa.DateTime(timezone=True), nullable=True),
    sa.Column('reply_by', sa.DateTime(timezone=True), nullable=True),
    sa.Column('heard_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('replied_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('snoozed_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('read_first_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('quarantined_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('quarantine_reasons', sa.JSON(), nullable=False),
    sa.CheckConstraint("(stage = 'closed') = (close_reason IS NOT NULL)", name=op.f('ck_lead_closed_has_reason')),
    sa.CheckConstraint('(waiting_for IS NULL) = (waiting_since IS NULL)', name=op.f('ck_lead_waiting_has_time')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_lead')),
    sa.UniqueConstraint('contact_key', name=op.f('uq_lead_contact_key')),
    sa.UniqueConstraint('page_token', name=op.f('uq_lead_page_token')),
    sa.UniqueConstraint('unsubscribe_token', name=op.f('uq_lead_unsubscribe_token'))
    )
    with op.batch_alter_table('lead', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_lead_base_mailbox'), ['base_mailbox'], unique=False)
        batch_op.create_index('ix_lead_stage', ['stage', 'stage_changed_at'], unique=False)
        batch_op.create_index('ix_lead_waiting', ['waiting_since'], unique=False, sqlite_where=sa.text('waiting_for IS NOT NULL'), postgresql_where=sa.text('waiting_for IS NOT NULL'))

    op.create_table('practice',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('signer', sa.Text(), nullable=False),
    sa.Column('office_address', sa.Text(), nullable=False),
    sa.Column('locality', sa.Text(), nullable=False),
    sa.Column('website', sa.Text(), nullable=False),
    sa.Column('zone_name', sa.Text(), nullable=False),
    sa.Column('weekdays', sa.JSON(), nullable=False),
    sa.Column('opens', sa.Time(), nullable=False),
    sa.Column('closes', sa.Time(), nullable=False),
    sa.Column('rests_on_holidays', sa.Boolean(), nullable=False),
    sa.Column('away_from', sa.Date(), nullable=True),
    sa.Column('away_until', sa.Date(), nullable=True),
    sa.Column('promise', sa.String(length=40), nullable=False),
    sa.Column('follow_up_policy', sa.String(length=40), nullable=False),
    sa.Column('sender_name', sa.Text(), nullable=False),
    sa.Column('sender_address', sa.Text(), nullable=False),
    sa.Column('notify_owner', sa.Boolean(), nullable=False),
    sa.Column('crisis_checklist', sa.Text(), nullable=False),
    sa.Column('sending_held_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('account_failing_since', sa.DateTime(timezone=True), nullable=True),
    sa.Column('account_failure', sa.Text(), nullable=True),
    sa.Column('account_tested_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('id = 1', name=op.f('ck_practice_one_row')),
    sa.CheckConstraint('opens < closes', name=op.f('ck_practice_opens_before_closes')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_practice'))
    )
    op.create_table('sequence',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('key', sa.Text(), nullable=True),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('trigger', sa.String(length=40), nullable=False),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('quiet_days', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sequence')),
    sa.UniqueConstraint('key', name=op.f('uq_sequence_key'))
    )
    op.create_table('setup_link',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('token_hash', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_setup_link')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_setup_link_token_hash'))
    )
    op.create_table('suppression',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('address_key', sa.Text(), nullable=False),
    sa.Column('reason', sa.String(length=40), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('lifted_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_suppression'))
    )
    with op.batch_alter_table('suppression', schema=None) as batch_op:
        batch_op.create_index('uq_suppression_active', ['address_key'], unique=True, sqlite_where=sa.text('lifted_at IS NULL'), postgresql_where=sa.text('lifted_at IS NULL'))

    op.create_table('booking',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('lead_id', sa.Integer(), nullable=False),
    sa.Column('starts_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('medium', sa.String(length=40), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('outcome', sa.String(length=40), nullable=True),
    sa.Column('outcome_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('(outcome IS NULL) = (outcome_at IS NULL)', name=op.f('ck_booking_outcome_has_time')),
    sa.ForeignKeyConstraint(['lead_id'], ['lead.id'], name=op.f('fk_booking_lead_id_lead')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_booking'))
    )
    with op.batch_alter_table('booking', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_booking_lead_id'), ['lead_id'], unique=False)
        batch_op.create_index('ix_booking_open', ['starts_at'], unique=False, sqlite_where=sa.text('outcome IS NULL'), postgresql_where=sa.text('outcome IS NULL'))

    op.create_table('draft',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('lead_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('subject', sa.Text(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('saved_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_draft_account_id_account'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['lead_id'], ['lead.id'], name=op.f('fk_draft_lead_id_lead'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_draft')),
    sa.UniqueConstraint('account_id', 'lead_id', 'kind', name=op.f('uq_draft_account_id_lead_id_kind'))
    )
    with op.batch_alter_table('draft', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_draft_lead_id'), ['lead_id'], unique=False)

    op.create_table('enrollment',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('lead_id', sa.Integer(), nullable=False),
    sa.Column('sequence_id', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=40), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('paused_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('finished_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('stopped_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('stop_reason', sa.String(length=40), nullable=True),
    sa.Column('closes_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("(state = 'finished') = (finished_at IS NOT NULL)", name=op.f('ck_enrollment_finished_has_time')),
    sa.CheckConstraint("(state = 'paused') = (paused_at IS NOT NULL)", name=op.f('ck_enrollment_paused_has_time')),
    sa.CheckConstraint("(state = 'stopped') = (stopped_at IS NOT NULL AND stop_reason IS NOT NULL)", name=op.f('ck_enrollment_stopped_has_reason')),
    sa.ForeignKeyConstraint(['lead_id'], ['lead.id'], name=op.f('fk_enrollment_lead_id_lead')),
    sa.ForeignKeyConstraint(['sequence_id'], ['sequence.id'], name=op.f('fk_enrollment_sequence_id_sequence')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_enrollment'))
    )
    with op.batch_alter_table('enrollment', schema=None) as batch_op:
        batch_op.create_index('ix_enrollment_closes_at', ['closes_at'], unique=False, sqlite_where=sa.text("state = 'active' AND closes_at IS NOT NULL"), postgresql_where=sa.text("state = 'active' AND closes_at IS NOT NULL"))
        batch_op.create_index(batch_op.f('ix_enrollment_lead_id'), ['lead_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_enrollment_sequence_id'), ['sequence_id'], unique=False)
        batch_op.create_index('uq_enrollment_open', ['lead_id'], unique=True, sqlite_where=sa.text("state IN ('active', 'paused')"), postgresql_where=sa.text("state IN ('active', 'paused')"))

    op.create_table('inquiry',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('lead_id', sa.Integer(), nullable=False),
    sa.Column('received_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('nonce', sa.Text(), nullable=False),
    sa.Column('content_key', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('email', sa.Text(), nullable=False),
    sa.Column('phone', sa.Text(), nullable=False),
    sa.Column('message', sa.Text(), nullable=False),
    sa.Column('free_times', sa.Text(), nullable=False),
    sa.Column('found_us', sa.Text(), nullable=False),
    sa.Column('page', sa.Text(), nullable=False),
    sa.Column('article', sa.Text(), nullable=False),
    sa.Column('button', sa.Text(), nullable=False),
    sa.Column('personal_only', sa.Boolean(), nullable=False),
    sa.Column('consent_wording', sa.Text(), nullable=False),
    sa.Column('client_key', sa.Text(), nullable=False),
    sa.Column('crisis_words', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['lead_id'], ['lead.id'], name=op.f('fk_inquiry_lead_id_lead')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_inquiry')),
    sa.UniqueConstraint('content_key', name=op.f('uq_inquiry_content_key')),
    sa.UniqueConstraint('nonce', name=op.f('uq_inquiry_nonce'))
    )
    with op.batch_alter_table('inquiry', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_inquiry_client_key'), ['client_key'], unique=False)
        batch_op.create_index(batch_op.f('ix_inquiry_lead_id'), ['lead_id'], unique=False)

    op.create_table('note',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('lead_id', sa.Integer(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=True),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('result', sa.String(length=40), nullable=True),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("(kind = 'call') = (result IS NOT NULL)", name=op.f('ck_note_a_call_has_a_result')),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_note_account_id_account')),
    sa.ForeignKeyConstraint(['lead_id'], ['lead.id'], name=op.f('fk_note_lead_id_lead')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_note'))
    )
    with op.batch_alter_table('note', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_note_lead_id'), ['lead_id'], unique=False)

    op.create_table('reply',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('lead_id', sa.Integer(), nullable=False),
    sa.Column('channel', sa.String(length=40), nullable=False),
    sa.Column('received_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('mail_message_id', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['lead_id'], ['lead.id'], name=op.f('fk_reply_lead_id_lead')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_reply')),
    sa.UniqueConstraint('mail_message_id', name=op.f('uq_reply_mail_message_id'))
    )
    with op.batch_alter_table('reply', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_reply_lead_id'), ['lead_id'], unique=False)

    op.create_table('sign_in',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('token_hash', sa.Text(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('seen_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_sign_in_account_id_account'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sign_in')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_sign_in_token_hash'))
    )
    op.create_table('step',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('sequence_id', sa.Integer(), nullable=False),
    sa.Column('template_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('wait_count', sa.Integer(), nullable=False),
    sa.Column('wait_unit', sa.String(length=40), nullable=False),
    sa.Column('at_once', sa.Boolean(), nullable=False),
    sa.Column('removed_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('wait_count >= 0', name=op.f('ck_step_wait_not_negative')),
    sa.ForeignKeyConstraint(['sequence_id'], ['sequence.id'], name=op.f('fk_step_sequence_id_sequence')),
    sa.ForeignKeyConstraint(['template_id'], ['email_template.id'], name=op.f('fk_step_template_id_email_template')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_step'))
    )
    with op.batch_alter_table('step', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_step_sequence_id'), ['sequence_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_step_template_id'), ['template_id'], unique=False)

    op.create_table('template_version',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('template_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('subject', sa.Text(), nullable=False),
    sa.Column('preview', sa.Text(), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_template_version_account_id_account')),
    sa.ForeignKeyConstraint(['template_id'], ['email_template.id'], name=op.f('fk_template_version_template_id_email_template')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_template_version')),
    sa.UniqueConstraint('template_id', 'number', name=op.f('uq_template_version_template_id_number'))
    )
    op.create_table('undo',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('lead_id', sa.Integer(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('before', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_undo_account_id_account'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['lead_id'], ['lead.id'], name=op.f('fk_undo_lead_id_lead'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_undo'))
    )
    with op.batch_alter_table('undo', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_undo_lead_id'), ['lead_id'], unique=False)

    op.create_table('message',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('notice', sa.String(length=40), nullable=True),
    sa.Column('lead_id', sa.Integer(), nullable=True),
    sa.Column('enrollment_id', sa.Integer(), nullable=True),
    sa.Column('step_id', sa.Integer(), nullable=True),
    sa.Column('account_id', sa.Integer(), nullable=True),
    sa.Column('to_address', sa.Text(), nullable=False),
    sa.Column('urgency', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('message_id', sa.Text(), nullable=False),
    sa.Column('subject', sa.Text(), nullable=True),
    sa.Column('preview', sa.Text(), nullable=True),
    sa.Column('body', sa.Text(), nullable=True),
    sa.Column('template_version_id', sa.Integer(), nullable=True),
    sa.Column('sent_subject', sa.Text(), nullable=True),
    sa.Column('sent_text', sa.Text(), nullable=True),
    sa.Column('state', sa.String(length=40), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('wished_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('shift', sa.String(length=40), nullable=True),
    sa.Column('by_hand_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('held_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('first_tried_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('claimed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('claim_token', sa.Text(), nullable=True),
    sa.Column('lease_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('handed_over_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('server_reply', sa.Text(), nullable=True),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('failed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('cancelled_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('cancel_reason', sa.Text(), nullable=True),
    sa.Column('uncertain_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('settled_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("(kind = 'step') = (step_id IS NOT NULL)", name=op.f('ck_message_a_step_has_a_step')),
    sa.CheckConstraint("(state = 'cancelled') = (cancelled_at IS NOT NULL)", name=op.f('ck_message_cancelled_has_time')),
    sa.CheckConstraint("(state = 'failed') = (failed_at IS NOT NULL)", name=op.f('ck_message_failed_has_time')),
    sa.CheckConstraint("(state = 'sending') = (claimed_at IS NOT NULL AND claim_token IS NOT NULL AND lease_until IS NOT NULL)", name=op.f('ck_message_sending_is_claimed')),
    sa.CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name=op.f('ck_message_sent_has_time')),
    sa.CheckConstraint("(state = 'uncertain') = (uncertain_at IS NOT NULL)", name=op.f('ck_message_uncertain_has_time')),
    sa.CheckConstraint("held_at IS NULL OR state IN ('scheduled', 'sending')", name=op.f('ck_message_held_is_waiting')),
    sa.CheckConstraint("kind IN ('notice', 'test') OR lead_id IS NOT NULL", name=op.f('ck_message_mail_has_a_person')),
    sa.CheckConstraint('(step_id IS NULL) = (enrollment_id IS NULL)', name=op.f('ck_message_a_step_is_enrolled')),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_message_account_id_account')),
    sa.ForeignKeyConstraint(['enrollment_id'], ['enrollment.id'], name=op.f('fk_message_enrollment_id_enrollment')),
    sa.ForeignKeyConstraint(['lead_id'], ['lead.id'], name=op.f('fk_message_lead_id_lead')),
    sa.ForeignKeyConstraint(['step_id'], ['step.id'], name=op.f('fk_message_step_id_step')),
    sa.ForeignKeyConstraint(['template_version_id'], ['template_version.id'], name=op.f('fk_message_template_version_id_template_version')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_message')),
    sa.UniqueConstraint('enrollment_id', 'step_id', name=op.f('uq_message_enrollment_id_step_id')),
    sa.UniqueConstraint('message_id', name=op.f('uq_message_message_id'))
    )
    with op.batch_alter_table('message', schema=None) as batch_op:
        batch_op.create_index('ix_message_acknowledgement', ['created_at'], unique=False, sqlite_where=sa.text('urgency = 0'), postgresql_where=sa.text('urgency = 0'))
        batch_op.create_index('ix_message_due', ['urgency', 'due_at'], unique=False, sqlite_where=sa.text("state = 'scheduled' AND held_at IS NULL"), postgresql_where=sa.text("state = 'scheduled' AND held_at IS NULL"))
        batch_op.create_index('ix_message_lead_id_sent_at', ['lead_id', 'sent_at'], unique=False)
        batch_op.create_index('ix_message_lease', ['lease_until'], unique=False, sqlite_where=sa.text("state = 'sending'"), postgresql_where=sa.text("state = 'sending'"))
        batch_op.create_index('ix_message_problem', ['id'], unique=False, sqlite_where=sa.text("state IN ('failed', 'uncertain')"), postgresql_where=sa.text("state IN ('failed', 'uncertain')"))
        batch_op.create_index('ix_message_sent_at', ['sent_at'], unique=False)
        batch_op.create_index('uq_message_open', ['enrollment_id'], unique=True, sqlite_where=sa.text("state IN ('scheduled', 'sending', 'uncertain')"), postgresql_where=sa.text("state IN ('scheduled', 'sending', 'uncertain')"))

    op.create_table('decision',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('message_id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('verdict', sa.String(length=40), nullable=False),
    sa.Column('reason', sa.String(length=40), nullable=True),
    sa.Column('facts', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['message_id'], ['message.id'], name=op.f('fk_decision_message_id_message'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_decision'))
    )
    with op.batch_alter_table('decision', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_decision_message_id'), ['message_id'], unique=False)

    op.create_table('event',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('lead_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=True),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('facts', sa.JSON(), nullable=False),
    sa.Column('message_id', sa.Integer(), nullable=True),
    sa.Column('inquiry_id', sa.Integer(), nullable=True),
    sa.Column('reply_id', sa.Integer(), nullable=True),
    sa.Column('note_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_event_account_id_account')),
    sa.ForeignKeyConstraint(['inquiry_id'], ['inquiry.id'], name=op.f('fk_event_inquiry_id_inquiry')),
    sa.ForeignKeyConstraint(['lead_id'], ['lead.id'], name=op.f('fk_event_lead_id_lead')),
    sa.ForeignKeyConstraint(['message_id'], ['message.id'], name=op.f('fk_event_message_id_message')),
    sa.ForeignKeyConstraint(['note_id'], ['note.id'], name=op.f('fk_event_note_id_note')),
    sa.ForeignKeyConstraint(['reply_id'], ['reply.id'], name=op.f('fk_event_reply_id_reply')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_event'))
    )
    with op.batch_alter_table('event', schema=None) as batch_op:
        batch_op.create_index('ix_event_at', ['at'], unique=False)
        batch_op.create_index('ix_event_story', ['lead_id', 'at', 'id'], unique=False)
    if op.get_bind().dialect.name == "postgresql":
        # The two tables point at each other; SQLite has this key from the start, Postgres gets it now.
        op.create_foreign_key(
            "fk_email_template_current", "email_template", "template_version", ["current_id"], ["id"]
        )


def downgrade() -> None:
    raise NotImplementedError("there is nothing before the first schema")
