# Words of the door: signing in, the reason of each verdict, the steps of a call.
sign-in-wrong = The login or the password is wrong.
sign-in-too-often = Wrong too many times. Wait a minute and try again.
sign-in-ended-title = Your session has ended
sign-in-ended-text = A session ends by itself after some time without work. Please sign in again.
sign-in-again-title = The form has grown old
sign-in-again-text = The page was open for too long, or cookies are blocked. Please enter it again.

reason-equal = The same as on record.
reason-unaccented-equal = The same when Vietnamese marks are left aside.
reason-year-only = The record knows only the year of birth; it is the same.
reason-month-only = The record knows only month and year of birth; both are the same.
reason-marks-differ = The same letters with other marks.
reason-small-edit = One character differs; possibly a typing error.
reason-former-name = A former name, before the citizen changed it.
reason-day-month-swapped = Day and month are swapped.
reason-less-precise = The record knows more: the day or the month as well.
reason-linked-old-number = An old number, since replaced by another of the same citizen.
reason-different = Different from the record.
reason-not-on-record = The record does not hold this field.
reason-not-asked = The request did not name this field.
reason-not-allowed = The agreement does not grant this field.

group-person = Person
group-residence = Residence
group-family = Family
group-sensitive = Sensitive data

road-at = Time
road-service = Service
road-service-verify = Verify (033)
road-service-look-up = Look up (037)
road-service-search = Counter search
road-service-unread = The request could not be read
road-officer = Officer
road-system = System
road-form = Protocol
road-integration = Integration code
road-request-id = Request id
road-inputs = Fields sent
road-certificate = Certificate fingerprint
road-source = Source address
road-account = Account
road-role = Role
road-agreement = Agreement
road-rules-version = Version of the rules
road-subject = Citizen (keyed hash)
road-released = Fields released
road-index = Journal number
road-correlation = Correlation id
road-response-hash = SHA-256 of the answer

role-one-stop-officer = One-stop officer
role-civil-servant = Civil servant
role-head-of-unit = Head of unit
role-leader = Leader
role-platform = A platform's account
role-account-manager = Account manager
