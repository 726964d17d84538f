BEGIN TRANSACTION;
CREATE TABLE account_partners (
	account_id VARCHAR NOT NULL,
	partner_id VARCHAR NOT NULL,
	created_at DATETIME NOT NULL,
	CONSTRAINT pk_account_partners PRIMARY KEY (account_id, partner_id),
	CONSTRAINT fk_account_partners_account_id_accounts FOREIGN KEY(account_id) REFERENCES accounts (id) ON DELETE CASCADE,
	CONSTRAINT fk_account_partners_partner_id_partners FOREIGN KEY(partner_id) REFERENCES partners (id) ON DELETE CASCADE
);
CREATE TABLE accounts (
	id VARCHAR NOT NULL,
	name VARCHAR NOT NULL,
	created_at DATETIME NOT NULL, webhook_url VARCHAR, sealed_secret BLOB,
	CONSTRAINT pk_accounts PRIMARY KEY (id)
);
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL,
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0018');
CREATE TABLE appointment_changes (
	id VARCHAR NOT NULL,
	account_id VARCHAR NOT NULL,
	appointment_id VARCHAR NOT NULL,
	idempotency_key VARCHAR NOT NULL,
	kind VARCHAR NOT NULL,
	answer JSON NOT NULL,
	created_at DATETIME NOT NULL,
	CONSTRAINT pk_appointment_changes PRIMARY KEY (id),
	CONSTRAINT ck_appointment_changes_kind CHECK (kind IN ('cancel', 'reschedule')),
	CONSTRAINT fk_appointment_changes_account_id_accounts FOREIGN KEY(account_id) REFERENCES accounts (id),
	CONSTRAINT fk_appointment_changes_appointment_id_appointments FOREIGN KEY(appointment_id) REFERENCES appointments (id) ON DELETE CASCADE,
	CONSTRAINT uq_appointment_changes_account_id_idempotency_key UNIQUE (account_id, idempotency_key)
);
CREATE TABLE appointments (
	id VARCHAR NOT NULL,
	account_id VARCHAR NOT NULL,
	practice_id VARCHAR NOT NULL,
	practitioner_number INTEGER NOT NULL,
	service_id VARCHAR,
	status VARCHAR NOT NULL,
	start_at DATETIME NOT NULL,
	end_at DATETIME NOT NULL,
	busy_from DATETIME NOT NULL,
	busy_until DATETIME NOT NULL,
	customer_name VARCHAR NOT NULL,
	customer_phone VARCHAR NOT NULL,
	customer_email VARCHAR,
	notes VARCHAR,
	idempotency_key VARCHAR NOT NULL,
	created_at DATETIME NOT NULL, updated_at DATETIME, cancelled_at DATETIME, cancellation_reason VARCHAR, customer_phone_hash VARCHAR,
	CONSTRAINT pk_appointments PRIMARY KEY (id),
	CONSTRAINT ck_appointments_status CHECK (status IN ('confirmed', 'cancelled')),
	CONSTRAINT ck_appointments_order CHECK (busy_from <= start_at AND start_at < end_at AND end_at <= busy_until),
	CONSTRAINT fk_appointments_account_id_accounts FOREIGN KEY(account_id) REFERENCES accounts (id),
	CONSTRAINT fk_appointments_practice_id_practices FOREIGN KEY(practice_id) REFERENCES practices (id),
	CONSTRAINT fk_appointments_practitioner_number_practitioners FOREIGN KEY(practitioner_number) REFERENCES practitioners (number),
	CONSTRAINT fk_appointments_service_id_services FOREIGN KEY(service_id) REFERENCES services (id),
	CONSTRAINT uq_appointments_account_id_idempotency_key UNIQUE (account_id, idempotency_key)
);
CREATE TABLE assistant_files (
	id INTEGER NOT NULL,
	assistant_id INTEGER NOT NULL,
	file_name VARCHAR NOT NULL,
	mime_type VARCHAR NOT NULL,
	size INTEGER NOT NULL,
	sha256 VARCHAR NOT NULL,
	description TEXT,
	content BLOB NOT NULL,
	created_at DATETIME NOT NULL, pages INTEGER, chunked_at DATETIME, deleted_at DATETIME,
	CONSTRAINT pk_assistant_files PRIMARY KEY (id),
	CONSTRAINT fk_assistant_files_assistant_id_assistants FOREIGN KEY(assistant_id) REFERENCES assistants (id) ON DELETE CASCADE
);
CREATE TABLE assistant_routes (
	id INTEGER NOT NULL,
	assistant_id INTEGER NOT NULL,
	tags JSON NOT NULL,
	created_at DATETIME NOT NULL,
	updated_at DATETIME NOT NULL,
	CONSTRAINT pk_assistant_routes PRIMARY KEY (id),
	CONSTRAINT fk_assistant_routes_assistant_id_assistants FOREIGN KEY(assistant_id) REFERENCES assistants (id) ON DELETE CASCADE
);
CREATE TABLE assistant_tools (
	id INTEGER NOT NULL,
	function VARCHAR,
	assistant_id INTEGER,
	created_at DATETIME NOT NULL,
	CONSTRAINT pk_assistant_tools PRIMARY KEY (id),
	CONSTRAINT ck_assistant_tools_kind CHECK ((assistant_id IS NULL) <> (function IS NULL)),
	CONSTRAINT fk_assistant_tools_assistant_id_assistants FOREIGN KEY(assistant_id) REFERENCES assistants (id) ON DELETE CASCADE,
	CONSTRAINT uq_assistant_tools_assistant_id UNIQUE (assistant_id),
	CONSTRAINT uq_assistant_tools_function UNIQUE (function)
);
CREATE TABLE assistant_versions (
	assistant_id INTEGER NOT NULL,
	number INTEGER NOT NULL,
	snapshot JSON NOT NULL,
	cause VARCHAR NOT NULL,
	made_by VARCHAR,
	created_at DATETIME NOT NULL,
	CONSTRAINT pk_assistant_versions PRIMARY KEY (assistant_id, number),
	CONSTRAINT fk_assistant_versions_assistant_id_assistants FOREIGN KEY(assistant_id) REFERENCES assistants (id) ON DELETE CASCADE
);
CREATE TABLE assistants (
	id INTEGER NOT NULL,
	site_id INTEGER NOT NULL,
	code VARCHAR NOT NULL,
	name VARCHAR,
	instructions TEXT,
	created_at DATETIME NOT NULL,
	updated_at DATETIME NOT NULL, model VARCHAR, temperature_hundredths INTEGER DEFAULT 70 NOT NULL, top_p_hundredths INTEGER DEFAULT 100 NOT NULL, response_format_json BOOLEAN DEFAULT 0 NOT NULL, include_conversation_transcript BOOLEAN DEFAULT 1 NOT NULL, include_conversation_metadata BOOLEAN DEFAULT 1 NOT NULL, tool_ids JSON, version INTEGER DEFAULT 0 NOT NULL,
	CONSTRAINT pk_assistants PRIMARY KEY (id),
	CONSTRAINT fk_assistants_site_id_sites FOREIGN KEY(site_id) REFERENCES sites (id) ON DELETE CASCADE,
	CONSTRAINT uq_assistants_code UNIQUE (code)
);
CREATE TABLE audit_log (
	number INTEGER NOT NULL,
	at DATETIME NOT NULL,
	who VARCHAR NOT NULL,
	action VARCHAR NOT NULL,
	site_id INTEGER,
	subject VARCHAR,
	detail JSON,
	previous VARCHAR NOT NULL,
	digest VARCHAR NOT NULL,
	CONSTRAINT pk_audit_log PRIMARY KEY (number)
);
CREATE TABLE birth_dates (
	id VARCHAR NOT NULL,
	account_id VARCHAR NOT NULL,
	phone_hash VARCHAR NOT NULL,
	phone VARCHAR NOT NULL,
	name VARCHAR NOT NULL,
	date_of_birth VARCHAR NOT NULL,
	made_by VARCHAR NOT NULL,
	updated_at DATETIME NOT NULL,
	CONSTRAINT pk_birth_dates PRIMARY KEY (id),
	CONSTRAINT fk_birth_dates_account_id_accounts FOREIGN KEY(account_id) REFERENCES accounts (id) ON DELETE CASCADE
);
CREATE TABLE "booking_intents" (
	id VARCHAR NOT NULL,
	partner_id VARCHAR NOT NULL,
	bot_id VARCHAR NOT NULL,
	idempotency_key VARCHAR NOT NULL,
	request JSON NOT NULL,
	request_sha256 VARCHAR NOT NULL,
	state VARCHAR NOT NULL,
	in_doubt BOOLEAN NOT NULL,
	owner VARCHAR NOT NULL,
	lease_until DATETIME NOT NULL,
	attempts INTEGER NOT NULL,
	answer_status INTEGER,
	answer_code VARCHAR,
	answer_body JSON,
	created_at DATETIME NOT NULL,
	updated_at DATETIME NOT NULL,
	account_id VARCHAR,
	booking_id VARCHAR,
	booking JSON,
	booking_status VARCHAR,
	slot_start DATETIME,
	slot_end DATETIME,
	practitioner_id VARCHAR,
	given_up_at DATETIME,
	operation VARCHAR DEFAULT 'book' NOT NULL, patient_confirmed_at DATETIME, customer_phone_hash VARCHAR,
	CONSTRAINT pk_booking_intents PRIMARY KEY (id),
	CONSTRAINT fk_booking_intents_bot_id_bots FOREIGN KEY(bot_id) REFERENCES bots (id) ON DELETE CASCADE,
	CONSTRAINT uq_booking_intents_partner_id_bot_id_idempotency_key UNIQUE (partner_id, bot_id, idempotency_key),
	CONSTRAINT fk_booking_intents_partner_id_partners FOREIGN KEY(partner_id) REFERENCES partners (id),
	CONSTRAINT ck_booking_intents_state CHECK (state IN ('pending', 'succeeded', 'refused', 'unknown')),
	CONSTRAINT ck_booking_intents_operation CHECK (operation IN ('book', 'cancel', 'reschedule'))
);
CREATE TABLE bot_numbers (
	number VARCHAR NOT NULL,
	bot_id VARCHAR NOT NULL,
	CONSTRAINT pk_bot_numbers PRIMARY KEY (number),
	CONSTRAINT fk_bot_numbers_bot_id_bots FOREIGN KEY(bot_id) REFERENCES bots (id) ON DELETE CASCADE
);
CREATE TABLE bots (
	id VARCHAR NOT NULL,
	partner_id VARCHAR NOT NULL,
	account_id VARCHAR NOT NULL,
	practice_id VARCHAR,
	site_id INTEGER,
	assistant_id INTEGER,
	name VARCHAR NOT NULL,
	language VARCHAR NOT NULL,
	timezone VARCHAR NOT NULL,
	transfer_number VARCHAR,
	embedded BOOLEAN NOT NULL,
	webhook_url VARCHAR,
	sealed_secret BLOB,
	created_at DATETIME NOT NULL, sealed_previous_secret BLOB, previous_secret_until DATETIME, guards_slots BOOLEAN, updated_at DATETIME, deleted_at DATETIME, confirmation_sms BOOLEAN DEFAULT 0 NOT NULL, reminder_sms BOOLEAN DEFAULT 0 NOT NULL,
	CONSTRAINT pk_bots PRIMARY KEY (id),
	CONSTRAINT fk_bots_account_id_accounts FOREIGN KEY(account_id) REFERENCES accounts (id),
	CONSTRAINT fk_bots_assistant_id_assistants FOREIGN KEY(assistant_id) REFERENCES assistants (id) ON DELETE SET NULL,
	CONSTRAINT fk_bots_partner_id_partners FOREIGN KEY(partner_id) REFERENCES partners (id),
	CONSTRAINT fk_bots_practice_id_practices FOREIGN KEY(practice_id) REFERENCES practices (id),
	CONSTRAINT fk_bots_site_id_sites FOREIGN KEY(site_id) REFERENCES sites (id)
);
CREATE TABLE calls (
	id VARCHAR NOT NULL,
	thread_id VARCHAR NOT NULL,
	bot_id VARCHAR NOT NULL,
	from_number VARCHAR,
	to_number VARCHAR,
	status VARCHAR NOT NULL,
	connections INTEGER NOT NULL,
	ending_kind VARCHAR,
	ending_reason VARCHAR,
	ending_to VARCHAR,
	started_at DATETIME NOT NULL,
	ended_at DATETIME,
	duration_seconds INTEGER, stream INTEGER DEFAULT 0 NOT NULL, outcome VARCHAR, answers_ms JSON,
	CONSTRAINT pk_calls PRIMARY KEY (id),
	CONSTRAINT ck_calls_ending_kind CHECK (ending_kind IN ('hang_up', 'transfer', 'message')),
	CONSTRAINT fk_calls_bot_id_bots FOREIGN KEY(bot_id) REFERENCES bots (id) ON DELETE CASCADE,
	CONSTRAINT fk_calls_thread_id_threads FOREIGN KEY(thread_id) REFERENCES threads (id),
	CONSTRAINT uq_calls_thread_id UNIQUE (thread_id)
);
CREATE TABLE chat_session_events (
	number INTEGER NOT NULL,
	session_id VARCHAR NOT NULL,
	kind VARCHAR NOT NULL,
	"by" VARCHAR,
	position INTEGER,
	detail JSON,
	created_at DATETIME NOT NULL,
	CONSTRAINT pk_chat_session_events PRIMARY KEY (number),
	CONSTRAINT fk_chat_session_events_session_id_chat_sessions FOREIGN KEY(session_id) REFERENCES chat_sessions (id) ON DELETE CASCADE
);
CREATE TABLE chat_session_participants (
	session_id VARCHAR NOT NULL,
	account_id VARCHAR NOT NULL,
	position INTEGER NOT NULL,
	CONSTRAINT pk_chat_session_participants PRIMARY KEY (session_id, account_id),
	CONSTRAINT fk_chat_session_participants_session_id_chat_sessions FOREIGN KEY(session_id) REFERENCES chat_sessions (id) ON DELETE CASCADE
);
CREATE TABLE chat_session_tokens (
	id VARCHAR NOT NULL,
	account_id VARCHAR NOT NULL,
	site_id INTEGER NOT NULL,
	prefix VARCHAR NOT NULL,
	sha256 VARCHAR NOT NULL,
	created_at DATETIME NOT NULL,
	expires_at DATETIME,
	revoked_at DATETIME,
	CONSTRAINT pk_chat_session_tokens PRIMARY KEY (id),
	CONSTRAINT fk_chat_session_tokens_site_id_sites FOREIGN KEY(site_id) REFERENCES sites (id) ON DELETE CASCADE,
	CONSTRAINT uq_chat_session_tokens_sha256 UNIQUE (sha256)
);
CREATE TABLE chat_sessions (
	id VARCHAR NOT NULL,
	site_id INTEGER NOT NULL,
	bot_id VARCHAR,
	thread_id VARCHAR,
	call_id VARCHAR,
	booking_id VARCHAR,
	created_ms BIGINT NOT NULL,
	created_by VARCHAR NOT NULL,
	type VARCHAR,
	room VARCHAR,
	started_ms BIGINT,
	started_by VARCHAR,
	accepted_ms BIGINT,
	accepted_by VARCHAR,
	rejected_ms BIGINT,
	rejected_by VARCHAR,
	reject_reason TEXT,
	finished_ms BIGINT,
	finished_by VARCHAR,
	finish_reason TEXT,
	reason TEXT,
	urgency VARCHAR,
	summary TEXT,
	callback_at VARCHAR,
	rung INTEGER NOT NULL, early_leg JSON,
	CONSTRAINT pk_chat_sessions PRIMARY KEY (id),
	CONSTRAINT ck_chat_sessions_urgency CHECK (urgency IN ('routine', 'urgent', 'emergency')),
	CONSTRAINT fk_chat_sessions_site_id_sites FOREIGN KEY(site_id) REFERENCES sites (id) ON DELETE CASCADE,
	CONSTRAINT fk_chat_sessions_bot_id_bots FOREIGN KEY(bot_id) REFERENCES bots (id) ON DELETE SET NULL,
	CONSTRAINT fk_chat_sessions_thread_id_threads FOREIGN KEY(thread_id) REFERENCES threads (id) ON DELETE SET NULL
);
CREATE TABLE file_chunks (
	file_id INTEGER NOT NULL,
	position INTEGER NOT NULL,
	text TEXT NOT NULL,
	heading TEXT NOT NULL,
	page INTEGER,
	CONSTRAINT pk_file_chunks PRIMARY KEY (file_id, position),
	CONSTRAINT fk_file_chunks_file_id_assistant_files FOREIGN KEY(file_id) REFERENCES assistant_files (id) ON DELETE CASCADE
);
CREATE TABLE follow_ups (
	id VARCHAR NOT NULL,
	workflow_id VARCHAR NOT NULL,
	kind VARCHAR NOT NULL,
	partner_id VARCHAR NOT NULL,
	bot_id VARCHAR NOT NULL,
	intent_id VARCHAR,
	booking_id VARCHAR,
	payload JSON NOT NULL,
	due_at DATETIME NOT NULL,
	state VARCHAR NOT NULL,
	attempts INTEGER NOT NULL,
	last_error VARCHAR,
	created_at DATETIME NOT NULL,
	updated_at DATETIME NOT NULL, sent_to_hash VARCHAR,
	CONSTRAINT pk_follow_ups PRIMARY KEY (id),
	CONSTRAINT ck_follow_ups_state CHECK (state IN ('waiting', 'running', 'done', 'cancelled', 'dead')),
	CONSTRAINT fk_follow_ups_bot_id_bots FOREIGN KEY(bot_id) REFERENCES bots (id) ON DELETE CASCADE,
	CONSTRAINT fk_follow_ups_partner_id_partners FOREIGN KEY(partner_id) REFERENCES partners (id) ON DELETE CASCADE,
	CONSTRAINT uq_follow_ups_workflow_id UNIQUE (workflow_id)
);
CREATE TABLE hand_off_contacts (
	practice_id VARCHAR NOT NULL,
	position INTEGER NOT NULL,
	name VARCHAR NOT NULL,
	phone VARCHAR NOT NULL,
	available VARCHAR NOT NULL,
	hours JSON,
	ring_seconds INTEGER NOT NULL,
	CONSTRAINT pk_hand_off_contacts PRIMARY KEY (practice_id, position),
	CONSTRAINT ck_hand_off_contacts_ring_seconds CHECK (ring_seconds BETWEEN 5 AND 120),
	CONSTRAINT ck_hand_off_contacts_available CHECK (available IN ('open', 'closed', 'always', 'hours')),
	CONSTRAINT fk_hand_off_contacts_practice_id_practices FOREIGN KEY(practice_id) REFERENCES practices (id) ON DELETE CASCADE
);
CREATE TABLE identity_checks (
	id VARCHAR NOT NULL,
	account_id VARCHAR NOT NULL,
	bot_id VARCHAR NOT NULL,
	conversation VARCHAR NOT NULL,
	kind VARCHAR NOT NULL,
	phone_hash VARCHAR NOT NULL,
	state VARCHAR NOT NULL,
	attempts INTEGER NOT NULL,
	created_at DATETIME NOT NULL,
	expires_at DATETIME,
	CONSTRAINT pk_identity_checks PRIMARY KEY (id),
	CONSTRAINT fk_identity_checks_bot_id_bots FOREIGN KEY(bot_id) REFERENCES bots (id) ON DELETE CASCADE,
	CONSTRAINT ck_identity_checks_kind CHECK (kind IN ('date_of_birth', 'code')),
	CONSTRAINT ck_identity_checks_state CHECK (state IN ('open', 'nobody', 'passed', 'failed'))
);
CREATE TABLE incoming_texts (
	id VARCHAR NOT NULL,
	bot_id VARCHAR NOT NULL,
	from_number VARCHAR NOT NULL,
	text VARCHAR NOT NULL,
	outcome VARCHAR NOT NULL,
	answer VARCHAR,
	created_at DATETIME NOT NULL,
	CONSTRAINT pk_incoming_texts PRIMARY KEY (id),
	CONSTRAINT fk_incoming_texts_bot_id_bots FOREIGN KEY(bot_id) REFERENCES bots (id) ON DELETE CASCADE
);
CREATE TABLE installation (
	id INTEGER NOT NULL,
	seal BLOB NOT NULL, data_keys JSON,
	CONSTRAINT pk_installation PRIMARY KEY (id),
	CONSTRAINT ck_installation_one CHECK (id = 1)
);
CREATE TABLE legal_holds (
	account_id VARCHAR NOT NULL,
	phone VARCHAR NOT NULL,
	name VARCHAR NOT NULL,
	reason VARCHAR NOT NULL,
	made_by VARCHAR NOT NULL,
	created_at DATETIME NOT NULL,
	CONSTRAINT pk_legal_holds PRIMARY KEY (account_id, phone, name),
	CONSTRAINT fk_legal_holds_account_id_accounts FOREIGN KEY(account_id) REFERENCES accounts (id) ON DELETE CASCADE
);
CREATE TABLE memories (
	assistant_id INTEGER NOT NULL,
	conversation_id VARCHAR NOT NULL,
	"key" VARCHAR NOT NULL,
	data JSON NOT NULL,
	updated_at DATETIME NOT NULL,
	CONSTRAINT pk_memories PRIMARY KEY (assistant_id, conversation_id, "key"),
	CONSTRAINT fk_memories_assistant_id_assistants FOREIGN KEY(assistant_id) REFERENCES assistants (id) ON DELETE CASCADE
);
CREATE TABLE number_grants (
	number VARCHAR NOT NULL,
	partner_id VARCHAR NOT NULL,
	created_at DATETIME NOT NULL,
	CONSTRAINT pk_number_grants PRIMARY KEY (number),
	CONSTRAINT fk_number_grants_partner_id_partners FOREIGN KEY(partner_id) REFERENCES partners (id) ON DELETE CASCADE
);
CREATE TABLE oauth_clients (
	id VARCHAR NOT NULL,
	name VARCHAR,
	secret_sha256 VARCHAR NOT NULL,
	scopes JSON NOT NULL,
	site_ids JSON,
	created_at DATETIME NOT NULL,
	last_used_at DATETIME,
	revoked_at DATETIME,
	CONSTRAINT pk_oauth_clients PRIMARY KEY (id)
);
CREATE TABLE opening_hours (
	id INTEGER NOT NULL,
	practice_id VARCHAR NOT NULL,
	practitioner_id VARCHAR,
	weekday INTEGER NOT NULL,
	opens_minute INTEGER NOT NULL,
	closes_minute INTEGER NOT NULL,
	CONSTRAINT pk_opening_hours PRIMARY KEY (id),
	CONSTRAINT ck_opening_hours_order CHECK (0 <= opens_minute AND opens_minute < closes_minute),
	CONSTRAINT ck_opening_hours_day CHECK (closes_minute <= 1440),
	CONSTRAINT ck_opening_hours_weekday CHECK (weekday BETWEEN 0 AND 6),
	CONSTRAINT fk_opening_hours_practice_id_practices FOREIGN KEY(practice_id) REFERENCES practices (id) ON DELETE CASCADE,
	CONSTRAINT fk_opening_hours_practitioner_id_practitioners FOREIGN KEY(practitioner_id) REFERENCES practitioners (id) ON DELETE CASCADE
);
CREATE TABLE partner_keys (
	id VARCHAR NOT NULL,
	partner_id VARCHAR NOT NULL,
	prefix VARCHAR NOT NULL,
	sha256 VARCHAR NOT NULL,
	created_at DATETIME NOT NULL,
	revoked_at DATETIME, name VARCHAR, scopes JSON, expires_at DATETIME, last_used_at DATETIME,
	CONSTRAINT pk_partner_keys PRIMARY KEY (id),
	CONSTRAINT fk_partner_keys_partner_id_partners FOREIGN KEY(partner_id) REFERENCES partners (id) ON DELETE CASCADE,
	CONSTRAINT uq_partner_keys_sha256 UNIQUE (sha256)
);
CREATE TABLE partners (
	id VARCHAR NOT NULL,
	name VARCHAR NOT NULL,
	strict_idempotency BOOLEAN NOT NULL,
	created_at DATETIME NOT NULL, event_url VARCHAR, sealed_event_secret BLOB, sealed_previous_event_secret BLOB, previous_event_secret_until DATETIME, disabled_at DATETIME,
	CONSTRAINT pk_partners PRIMARY KEY (id)
);
CREATE TABLE practices (
	id VARCHAR NOT NULL,
	account_id VARCHAR NOT NULL,
	name VARCHAR NOT NULL,
	phone VARCHAR,
	address VARCHAR,
	timezone VARCHAR NOT NULL,
	horizon_days INTEGER NOT NULL,
	min_notice_minutes INTEGER NOT NULL,
	created_at DATETIME NOT NULL, say_as VARCHAR, country VARCHAR, languages JSON, website VARCHAR, emergency_number VARCHAR, greeting TEXT, persona VARCHAR, offers INTEGER, reminder_hours JSON, rules JSON, privacy JSON, message_emails JSON, message_numbers JSON, kind VARCHAR DEFAULT 'dental' NOT NULL, revision INTEGER DEFAULT 1 NOT NULL,
	CONSTRAINT pk_practices PRIMARY KEY (id),
	CONSTRAINT fk_practices_account_id_accounts FOREIGN KEY(account_id) REFERENCES accounts (id),
	CONSTRAINT uq_practices_account_id UNIQUE (account_id)
);
CREATE TABLE practitioner_services (
	practitioner_id VARCHAR NOT NULL,
	service_id VARCHAR NOT NULL,
	CONSTRAINT pk_practitioner_services PRIMARY KEY (practitioner_id, service_id),
	CONSTRAINT fk_practitioner_services_practitioner_id_practitioners FOREIGN KEY(practitioner_id) REFERENCES practitioners (id) ON DELETE CASCADE,
	CONSTRAINT fk_practitioner_services_service_id_services FOREIGN KEY(service_id) REFERENCES services (id) ON DELETE CASCADE
);
CREATE TABLE practitioners (
	id VARCHAR NOT NULL,
	number INTEGER NOT NULL,
	practice_id VARCHAR NOT NULL,
	name VARCHAR NOT NULL,
	active BOOLEAN NOT NULL, say_as VARCHAR, languages JSON, position INTEGER DEFAULT 0 NOT NULL,
	CONSTRAINT pk_practitioners PRIMARY KEY (id),
	CONSTRAINT fk_practitioners_practice_id_practices FOREIGN KEY(practice_id) REFERENCES practices (id) ON DELETE CASCADE,
	CONSTRAINT uq_practitioners_number UNIQUE (number)
);
CREATE TABLE recordings (
	message_id VARCHAR NOT NULL,
	carrier_id VARCHAR NOT NULL,
	content BLOB,
	fetched_at DATETIME,
	forgotten_at DATETIME,
	CONSTRAINT pk_recordings PRIMARY KEY (message_id),
	CONSTRAINT fk_recordings_message_id_staff_messages FOREIGN KEY(message_id) REFERENCES staff_messages (id) ON DELETE CASCADE
);
CREATE TABLE remote_apis (
	id INTEGER NOT NULL,
	site_id INTEGER,
	code VARCHAR NOT NULL,
	url VARCHAR NOT NULL,
	auth VARCHAR NOT NULL,
	sealed_headers BLOB NOT NULL,
	sealed_oauth BLOB,
	created_at DATETIME NOT NULL,
	updated_at DATETIME NOT NULL,
	CONSTRAINT pk_remote_apis PRIMARY KEY (id),
	CONSTRAINT ck_remote_apis_auth CHECK (auth IN ('none', 'headers', 'oauth2')),
	CONSTRAINT fk_remote_apis_site_id_sites FOREIGN KEY(site_id) REFERENCES sites (id) ON DELETE CASCADE,
	CONSTRAINT uq_remote_apis_code UNIQUE (code)
);
CREATE TABLE replicas (
	id VARCHAR NOT NULL,
	started_at DATETIME NOT NULL,
	seen_at DATETIME NOT NULL,
	CONSTRAINT pk_replicas PRIMARY KEY (id)
);
CREATE TABLE revoked_tokens (
	id VARCHAR NOT NULL,
	expires_at DATETIME NOT NULL,
	CONSTRAINT pk_revoked_tokens PRIMARY KEY (id)
);
CREATE TABLE services (
	id VARCHAR NOT NULL,
	practice_id VARCHAR NOT NULL,
	position INTEGER NOT NULL,
	name VARCHAR NOT NULL,
	duration_minutes INTEGER NOT NULL,
	buffer_before_minutes INTEGER NOT NULL,
	buffer_after_minutes INTEGER NOT NULL,
	aliases JSON NOT NULL,
	active BOOLEAN NOT NULL, say_as VARCHAR, price VARCHAR, new_patients BOOLEAN DEFAULT 1 NOT NULL, bookable BOOLEAN DEFAULT 1 NOT NULL,
	CONSTRAINT pk_services PRIMARY KEY (id),
	CONSTRAINT ck_services_buffers CHECK (buffer_before_minutes >= 0 AND buffer_after_minutes >= 0),
	CONSTRAINT ck_services_duration CHECK (duration_minutes > 0),
	CONSTRAINT fk_services_practice_id_practices FOREIGN KEY(practice_id) REFERENCES practices (id) ON DELETE CASCADE
);
CREATE TABLE signing_keys (
	id VARCHAR NOT NULL,
	sealed_key BLOB NOT NULL,
	created_at DATETIME NOT NULL,
	retired_at DATETIME,
	CONSTRAINT pk_signing_keys PRIMARY KEY (id)
);
CREATE TABLE sites (
	id INTEGER NOT NULL,
	practice_id VARCHAR,
	name VARCHAR NOT NULL,
	created_at DATETIME NOT NULL,
	CONSTRAINT pk_sites PRIMARY KEY (id),
	CONSTRAINT fk_sites_practice_id_practices FOREIGN KEY(practice_id) REFERENCES practices (id)
);
CREATE TABLE slot_holds (
	id VARCHAR NOT NULL,
	account_id VARCHAR NOT NULL,
	practitioner_number INTEGER NOT NULL,
	service_id VARCHAR,
	start_at DATETIME NOT NULL,
	end_at DATETIME NOT NULL,
	busy_from DATETIME NOT NULL,
	busy_until DATETIME NOT NULL,
	expires_at DATETIME NOT NULL,
	idempotency_key VARCHAR NOT NULL,
	created_at DATETIME NOT NULL,
	CONSTRAINT pk_slot_holds PRIMARY KEY (id),
	CONSTRAINT ck_slot_holds_order CHECK (busy_from <= start_at AND start_at < end_at AND end_at <= busy_until),
	CONSTRAINT fk_slot_holds_account_id_accounts FOREIGN KEY(account_id) REFERENCES accounts (id),
	CONSTRAINT fk_slot_holds_practitioner_number_practitioners FOREIGN KEY(practitioner_number) REFERENCES practitioners (number),
	CONSTRAINT fk_slot_holds_service_id_services FOREIGN KEY(service_id) REFERENCES services (id),
	CONSTRAINT uq_slot_holds_account_id_idempotency_key UNIQUE (account_id, idempotency_key)
);
CREATE TABLE special_days (
	id INTEGER NOT NULL,
	practice_id VARCHAR NOT NULL,
	practitioner_id VARCHAR,
	first_day DATE NOT NULL,
	last_day DATE NOT NULL,
	hours JSON NOT NULL,
	name VARCHAR NOT NULL,
	CONSTRAINT pk_special_days PRIMARY KEY (id),
	CONSTRAINT ck_special_days_order CHECK (first_day <= last_day),
	CONSTRAINT fk_special_days_practice_id_practices FOREIGN KEY(practice_id) REFERENCES practices (id) ON DELETE CASCADE,
	CONSTRAINT fk_special_days_practitioner_id_practitioners FOREIGN KEY(practitioner_id) REFERENCES practitioners (id) ON DELETE CASCADE
);
CREATE TABLE staff (
	id VARCHAR NOT NULL,
	email VARCHAR NOT NULL,
	password_hash VARCHAR NOT NULL,
	role VARCHAR NOT NULL,
	first_name VARCHAR NOT NULL,
	last_name VARCHAR NOT NULL,
	created_at DATETIME NOT NULL, disabled_at DATETIME, link_sha256 VARCHAR, link_until DATETIME, totp_sealed BLOB, totp_since DATETIME, totp_step INTEGER,
	CONSTRAINT pk_staff PRIMARY KEY (id),
	CONSTRAINT uq_staff_email UNIQUE (email)
);
CREATE TABLE staff_messages (
	id VARCHAR NOT NULL,
	bot_id VARCHAR NOT NULL,
	idempotency_key VARCHAR NOT NULL,
	text TEXT NOT NULL,
	customer_name VARCHAR,
	customer_phone VARCHAR,
	created_at DATETIME NOT NULL, kind VARCHAR DEFAULT 'message' NOT NULL, urgency VARCHAR DEFAULT 'routine' NOT NULL, call_id VARCHAR, seen_at DATETIME, seen_by VARCHAR, done_at DATETIME, done_by VARCHAR,
	CONSTRAINT pk_staff_messages PRIMARY KEY (id),
	CONSTRAINT fk_staff_messages_bot_id_bots FOREIGN KEY(bot_id) REFERENCES bots (id) ON DELETE CASCADE,
	CONSTRAINT uq_staff_messages_bot_id_idempotency_key UNIQUE (bot_id, idempotency_key)
);
CREATE TABLE staff_sessions (
	id VARCHAR NOT NULL,
	staff_id VARCHAR NOT NULL,
	created_at DATETIME NOT NULL,
	expires_at DATETIME NOT NULL,
	CONSTRAINT pk_staff_sessions PRIMARY KEY (id),
	CONSTRAINT fk_staff_sessions_staff_id_staff FOREIGN KEY(staff_id) REFERENCES staff (id) ON DELETE CASCADE
);
CREATE TABLE staff_sites (
	staff_id VARCHAR NOT NULL,
	site_id INTEGER NOT NULL,
	CONSTRAINT pk_staff_sites PRIMARY KEY (staff_id, site_id),
	CONSTRAINT fk_staff_sites_site_id_sites FOREIGN KEY(site_id) REFERENCES sites (id) ON DELETE CASCADE,
	CONSTRAINT fk_staff_sites_staff_id_staff FOREIGN KEY(staff_id) REFERENCES staff (id) ON DELETE CASCADE
);
CREATE TABLE text_opt_outs (
	number VARCHAR NOT NULL,
	bot_id VARCHAR NOT NULL,
	stopped_at DATETIME NOT NULL,
	CONSTRAINT pk_text_opt_outs PRIMARY KEY (number, bot_id),
	CONSTRAINT fk_text_opt_outs_bot_id_bots FOREIGN KEY(bot_id) REFERENCES bots (id) ON DELETE CASCADE
);
CREATE TABLE thread_messages (
	thread_id VARCHAR NOT NULL,
	position INTEGER NOT NULL,
	message JSON NOT NULL,
	created_at DATETIME NOT NULL,
	CONSTRAINT pk_thread_messages PRIMARY KEY (thread_id, position),
	CONSTRAINT fk_thread_messages_thread_id_threads FOREIGN KEY(thread_id) REFERENCES threads (id) ON DELETE CASCADE
);
CREATE TABLE thread_numbers (
	number INTEGER NOT NULL,
	thread_id VARCHAR NOT NULL,
	CONSTRAINT pk_thread_numbers PRIMARY KEY (number),
	CONSTRAINT fk_thread_numbers_thread_id_threads FOREIGN KEY(thread_id) REFERENCES threads (id) ON DELETE CASCADE,
	CONSTRAINT uq_thread_numbers_thread_id UNIQUE (thread_id)
);
CREATE TABLE threads (
	id VARCHAR NOT NULL,
	kind VARCHAR NOT NULL,
	bot_id VARCHAR,
	assistant_id INTEGER,
	owner VARCHAR,
	message_count INTEGER NOT NULL,
	created_at DATETIME NOT NULL, assistant_version INTEGER, user_id VARCHAR, conversation_id VARCHAR, content JSON, updated_at DATETIME, owner_hash VARCHAR,
	CONSTRAINT pk_threads PRIMARY KEY (id),
	CONSTRAINT ck_threads_kind CHECK (kind IN ('call', 'chat')),
	CONSTRAINT fk_threads_assistant_id_assistants FOREIGN KEY(assistant_id) REFERENCES assistants (id) ON DELETE CASCADE,
	CONSTRAINT fk_threads_bot_id_bots FOREIGN KEY(bot_id) REFERENCES bots (id) ON DELETE SET NULL
);
CREATE TABLE time_blocks (
	id VARCHAR NOT NULL,
	practice_id VARCHAR NOT NULL,
	practitioner_number INTEGER NOT NULL,
	start_at DATETIME NOT NULL,
	end_at DATETIME NOT NULL,
	reason VARCHAR NOT NULL,
	made_by VARCHAR NOT NULL,
	created_at DATETIME NOT NULL,
	CONSTRAINT pk_time_blocks PRIMARY KEY (id),
	CONSTRAINT fk_time_blocks_practice_id_practices FOREIGN KEY(practice_id) REFERENCES practices (id) ON DELETE CASCADE,
	CONSTRAINT fk_time_blocks_practitioner_number_practitioners FOREIGN KEY(practitioner_number) REFERENCES practitioners (number),
	CONSTRAINT ck_time_blocks_order CHECK (start_at < end_at)
);
CREATE INDEX ix_partner_keys_partner_id ON partner_keys (partner_id);
CREATE INDEX ix_practitioners_practice_id ON practitioners (practice_id);
CREATE INDEX ix_services_practice_id ON services (practice_id);
CREATE INDEX ix_sites_practice_id ON sites (practice_id);
CREATE INDEX ix_appointments_practice_id ON appointments (practice_id);
CREATE INDEX ix_appointments_practitioner_number_busy_from ON appointments (practitioner_number, busy_from);
CREATE INDEX ix_assistants_site_id ON assistants (site_id);
CREATE INDEX ix_opening_hours_practice_id ON opening_hours (practice_id);
CREATE INDEX ix_practitioner_services_service_id ON practitioner_services (service_id);
CREATE INDEX ix_staff_sites_site_id ON staff_sites (site_id);
CREATE INDEX ix_assistant_files_assistant_id ON assistant_files (assistant_id);
CREATE TRIGGER tr_appointments_overlap_INSERT BEFORE INSERT ON appointments
WHEN NEW.status <> 'cancelled' AND EXISTS (
    SELECT 1 FROM appointments AS other
    WHERE other.practitioner_number = NEW.practitioner_number AND other.status <> 'cancelled'
    AND other.id <> NEW.id AND other.busy_from < NEW.busy_until AND NEW.busy_from < other.busy_until
)
BEGIN
    SELECT RAISE(ABORT, 'ex_appointments_overlap');
END;
CREATE TRIGGER tr_appointments_overlap_UPDATE BEFORE UPDATE ON appointments
WHEN NEW.status <> 'cancelled' AND EXISTS (
    SELECT 1 FROM appointments AS other
    WHERE other.practitioner_number = NEW.practitioner_number AND other.status <> 'cancelled'
    AND other.id <> NEW.id AND other.busy_from < NEW.busy_until AND NEW.busy_from < other.busy_until
)
BEGIN
    SELECT RAISE(ABORT, 'ex_appointments_overlap');
END;
CREATE INDEX ix_bots_account_id ON bots (account_id);
CREATE INDEX ix_bots_assistant_id ON bots (assistant_id);
CREATE INDEX ix_bots_partner_id ON bots (partner_id);
CREATE INDEX ix_bots_practice_id ON bots (practice_id);
CREATE INDEX ix_bot_numbers_bot_id ON bot_numbers (bot_id);
CREATE INDEX ix_threads_bot_id ON threads (bot_id);
CREATE INDEX ix_calls_bot_id ON calls (bot_id);
CREATE INDEX ix_booking_intents_bot_id ON booking_intents (bot_id);
CREATE INDEX ix_booking_intents_partner_id_booking_id ON booking_intents (partner_id, booking_id);
CREATE INDEX ix_booking_intents_account_id_slot_start ON booking_intents (account_id, slot_start);
CREATE INDEX ix_booking_intents_state_updated_at ON booking_intents (state, updated_at);
CREATE INDEX ix_account_partners_partner_id ON account_partners (partner_id);
CREATE INDEX ix_slot_holds_practitioner_number_expires_at ON slot_holds (practitioner_number, expires_at);
CREATE INDEX ix_appointment_changes_appointment_id ON appointment_changes (appointment_id);
CREATE INDEX ix_follow_ups_bot_id_booking_id ON follow_ups (bot_id, booking_id);
CREATE INDEX ix_follow_ups_partner_id ON follow_ups (partner_id);
CREATE INDEX ix_follow_ups_state_due_at ON follow_ups (state, due_at);
CREATE UNIQUE INDEX ix_threads_assistant_id_conversation_id ON threads (assistant_id, conversation_id);
CREATE INDEX ix_assistant_routes_assistant_id ON assistant_routes (assistant_id);
CREATE INDEX ix_remote_apis_site_id ON remote_apis (site_id);
CREATE INDEX ix_revoked_tokens_expires_at ON revoked_tokens (expires_at);
CREATE INDEX ix_chat_sessions_site_id_created_ms ON chat_sessions (site_id, created_ms);
CREATE INDEX ix_chat_sessions_bot_id ON chat_sessions (bot_id);
CREATE INDEX ix_chat_sessions_thread_id ON chat_sessions (thread_id);
CREATE INDEX ix_chat_sessions_call_id ON chat_sessions (call_id);
CREATE INDEX ix_chat_session_participants_account_id_session_id ON chat_session_participants (account_id, session_id);
CREATE INDEX ix_chat_session_events_session_id_number ON chat_session_events (session_id, number);
CREATE INDEX ix_chat_session_tokens_site_id ON chat_session_tokens (site_id);
CREATE INDEX ix_special_days_practice_id ON special_days (practice_id);
CREATE INDEX ix_staff_messages_bot_id_created_at ON staff_messages (bot_id, created_at);
CREATE INDEX ix_staff_sessions_staff_id ON staff_sessions (staff_id);
CREATE INDEX ix_time_blocks_practice_id ON time_blocks (practice_id);
CREATE INDEX ix_time_blocks_practitioner_number_start_at ON time_blocks (practitioner_number, start_at);
CREATE INDEX ix_audit_log_at ON audit_log (at);
CREATE TRIGGER audit_log_no_update BEFORE UPDATE ON audit_log BEGIN SELECT RAISE(ABORT, 'the audit log is only written to'); END;
CREATE TRIGGER audit_log_no_delete BEFORE DELETE ON audit_log BEGIN SELECT RAISE(ABORT, 'the audit log is only written to'); END;
CREATE INDEX ix_number_grants_partner_id ON number_grants (partner_id);
CREATE INDEX ix_appointments_account_id_customer_phone_hash ON appointments (account_id, customer_phone_hash);
CREATE INDEX ix_incoming_texts_bot_id ON incoming_texts (bot_id);
CREATE INDEX ix_threads_assistant_id_owner_hash ON threads (assistant_id, owner_hash);
CREATE INDEX ix_birth_dates_account_id_phone_hash ON birth_dates (account_id, phone_hash);
CREATE INDEX ix_identity_checks_account_id_phone_hash ON identity_checks (account_id, phone_hash);
CREATE INDEX ix_identity_checks_bot_id_conversation ON identity_checks (bot_id, conversation);
CREATE INDEX ix_identity_checks_created_at ON identity_checks (created_at);
COMMIT;
