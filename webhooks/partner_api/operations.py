"""What the Partner API's document says of availability, bookings, holds and customers."""

from contracts.partner import (
    AvailabilityAnswer,
    AvailabilitySearch,
    BookingAnswer,
    BookingRequest,
    CancelRequest,
    FoundBookings,
    HoldAnswer,
    HoldRequest,
    LookupAnswer,
    LookupRequest,
    RescheduleRequest,
)
from webhooks.openapi import Operation, Reply
from webhooks.partner_api import examples
from webhooks.partner_api.error_responses import (
    BODY,
    CALLER,
    CANCELLED,
    INVALID,
    KEY_REUSED,
    NO_BOOKING,
    NO_BOT,
    NO_KEY,
    NO_PLATFORM,
    NOT_DONE,
    NOT_SUPPORTED,
    PAST,
    PLATFORM,
    TAKEN,
)

TAG = "Bookings"
_REPLAY = ("Idempotency-Replayed", "Idempotency-Key-Mismatch")
_WAITED = ("Preference-Applied",)
_UNDER_WAY = Reply(
    202,
    "Under way: the platform has not answered within the wait that you prefer. Ask at `Location`, or repeat"
    " the request with the same Idempotency-Key.",
    BookingAnswer,
    {"under way": examples.UNDER_WAY},
    ("Location", "Retry-After", *_WAITED),
)
_RELAYED = (*CALLER, *BODY, NO_BOT, NO_PLATFORM, *PLATFORM)
_WRITTEN = (*_RELAYED, NO_KEY, KEY_REUSED)

SEARCH = Operation(
    "post",
    "/v1/availability/search",
    "searchAvailability",
    TAG,
    "Search available windows",
    "Relayed to the bot's platform, which may add fields of its own. Every window takes any appointment"
    " that fits in it; cut it into start times yourself. `end_at` is exclusive; a bare date is a whole day"
    " of the practice's, and included. No window is an empty list.",
    "availability:read",
    [Reply(200, "The free windows.", AvailabilityAnswer, {"two windows": examples.WINDOWS})],
    _RELAYED,
    AvailabilitySearch,
    {"a day": examples.SEARCH},
)

BOOK = Operation(
    "post",
    "/v1/bookings",
    "createBooking",
    TAG,
    "Book an appointment",
    "Relayed to the bot's platform, once for each Idempotency-Key. If the same key is used again, the"
    " original booking is returned, with `Idempotency-Replayed: true`; if the body is another one by then,"
    " also `Idempotency-Key-Mismatch: true`.\n\nA refusal, such as 409 `slot_unavailable`, is the"
    " platform's answer, and the key may be used for another try. After a 502, a 504 or a broken connection"
    " nobody knows yet: repeat with the same key until you have an answer.",
    "bookings:write",
    [
        Reply(
            200,
            "Booked before, under this key.",
            BookingAnswer,
            {"booked": examples.BOOKED},
            _REPLAY + _WAITED,
        ),
        Reply(201, "Booked.", BookingAnswer, {"booked": examples.BOOKED}, _WAITED),
        _UNDER_WAY,
    ],
    (*_WRITTEN, TAKEN),
    BookingRequest,
    {"half an hour": examples.BOOK},
    ("IdempotencyKey", "Prefer"),
)

GET = Operation(
    "get",
    "/v1/bookings/{booking_id}",
    "getBooking",
    TAG,
    "Get a booking",
    "The booking as it is now. The id of one that is under way (`intent_…`, from a 202) answers with the"
    " booking as soon as there is one, and with the platform's refusal if there is none.",
    "bookings:read",
    [
        Reply(200, "The booking.", BookingAnswer, {"booked": examples.BOOKED}),
        Reply(
            202,
            "Still under way.",
            BookingAnswer,
            {"under way": examples.UNDER_WAY},
            ("Location", "Retry-After"),
        ),
    ],
    (*CALLER, INVALID, NO_BOT, NO_BOOKING, TAKEN, NOT_DONE, NO_PLATFORM, *PLATFORM),
    parameters=("BookingId", "BotIdInQuery"),
)

FIND = Operation(
    "post",
    "/v1/bookings/search",
    "findBookings",
    TAG,
    "Find a patient's bookings",
    "The bookings to come of whoever has a phone number, soonest first, at most ten. Of a platform outside,"
    " those are the appointment that its look-up names with an `id`, and what was booked through this bot."
    " A caller's number proves little: say nothing of a booking to somebody who cannot name whose it is.",
    "bookings:read",
    [Reply(200, "What is to come.", FoundBookings, {"one": examples.FOUND, "none": examples.NONE_FOUND})],
    _RELAYED,
    LookupRequest,
    {"by phone": examples.LOOKUP},
)

CANCEL = Operation(
    "post",
    "/v1/bookings/{booking_id}/cancel",
    "cancelBooking",
    TAG,
    "Cancel a booking",
    "Relayed to the bot's platform, once for each Idempotency-Key. A booking that is cancelled already"
    " stays so.",
    "bookings:write",
    [
        Reply(200, "Cancelled.", BookingAnswer, {"cancelled": examples.CANCELLED}, _REPLAY + _WAITED),
        _UNDER_WAY,
    ],
    (*_WRITTEN, NO_BOOKING, PAST, NOT_SUPPORTED),
    CancelRequest,
    {"with a reason": examples.CANCEL},
    ("BookingId", "IdempotencyKey", "Prefer"),
)

RESCHEDULE = Operation(
    "post",
    "/v1/bookings/{booking_id}/reschedule",
    "rescheduleBooking",
    TAG,
    "Move a booking",
    "Relayed to the bot's platform, once for each Idempotency-Key. The booking keeps its id, and its length"
    " unless you say another. Its old time is given up only when it has the new one.",
    "bookings:write",
    [
        Reply(200, "Moved.", BookingAnswer, {"moved": examples.RESCHEDULED}, _REPLAY + _WAITED),
        _UNDER_WAY,
    ],
    (*_WRITTEN, NO_BOOKING, TAKEN, CANCELLED, PAST, NOT_SUPPORTED),
    RescheduleRequest,
    {"the day after": examples.RESCHEDULE},
    ("BookingId", "IdempotencyKey", "Prefer"),
)

HOLD = Operation(
    "post",
    "/v1/slots/hold",
    "holdSlot",
    TAG,
    "Hold a time",
    "Keeps a time free while your caller makes up their mind. Nobody else can book it until `expires_at`;"
    " book it with `booking.hold_id`. Of the embedded calendar alone: other platforms answer 501.",
    "bookings:write",
    [
        Reply(200, "Held before, under this key.", HoldAnswer, {"held": examples.HELD}, _REPLAY),
        Reply(201, "Held.", HoldAnswer, {"held": examples.HELD}),
    ],
    (*_WRITTEN, TAKEN, NOT_SUPPORTED),
    HoldRequest,
    {"two minutes": examples.HOLD},
    ("IdempotencyKey",),
)

LOOKUP = Operation(
    "post",
    "/v1/customers/lookup",
    "lookupCustomer",
    "Customers",
    "Look a customer up",
    "Whether the bot's platform knows a phone number, and the next appointment of whoever has it. Good for a"
    " greeting, not for telling anybody who they are: a caller's number proves nothing.",
    "availability:read",
    [Reply(200, "What is known.", LookupAnswer, {"known": examples.KNOWN, "not known": examples.UNKNOWN})],
    (*_RELAYED, NOT_SUPPORTED),
    LookupRequest,
    {"by phone": examples.LOOKUP},
)

OPERATIONS = (SEARCH, BOOK, GET, FIND, CANCEL, RESCHEDULE, HOLD, LOOKUP)
