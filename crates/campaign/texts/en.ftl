# Why a file is not read
table-too-big = The file is too large, or unpacks to too much. Divide the list into several files.
table-too-many-rows = The list has too many rows. Divide it into several files.
table-row-too-long = A row is too long; most often a closing quotation mark is missing.
table-old-workbook = An Excel file of the old form (.xls), or one with a password. Remove the password and save it as .xlsx.
table-workbook = The Excel file is damaged or has a password.
table-no-headings = No row with the headings that are needed was found. Say which column is which.
table-no-unit-headings = The columns agency code, level and name of a list of units were not found.
table-mapping = The columns cannot be mapped so: one is there twice, one is missing, or one lies outside the table.
table-write = The table cannot be written.

# What is wrong with a row, and what is allowed
fault-missing = empty; this column is needed
fault-too-long = too long; at most { $max } characters
fault-control = has a control character
fault-name-form = no name of a person: letters, spaces, apostrophes and hyphens only, at most 120 characters
fault-login-length = the login has { $given } characters; it must have { $min } to { $max }
fault-login-spaces = the login has spaces
fault-number-cell = the cell is a number, so leading zeros may be lost; format the column as text and type it again
fault-phone-form = no telephone number: 10 digits beginning with 03, 05, 07, 08, 09, or 10 to 11 digits beginning with 02
fault-code-form = no agency code: a capital letter and two digits, then groups divided by points (H55.242), or the old form 000.01.12.H30
fault-code-too-long = the agency code has more than { $max } characters (Decision 20/2020/QĐ-TTg)
fault-code-outside = the agency code does not lie under { $organisation }
fault-role-unknown = no role of the list: one-stop officer; civil servant; head of unit; leader
fault-quota-form = the queries a day cannot be read: a whole number above 0, or cases x queries (50x3=150)
fault-quota-factor = only one of the two is there: cases a day and queries a case; both are needed
fault-quota-disagrees = says { $said }, but cases x queries is { $product }
fault-quota-too-high = above { $max } queries a day; more needs a request to raise the quota
fault-officer-number-form = no personal number of 12 digits
fault-login-taken = this system already has an account of this login; open it to change it, or use another login
fault-login-repeated = this login stands in row { $line } already
fault-officer-repeated = this personal number stands in row { $line } already; one person has one account
fault-officer-has-account = this person has another account in the system; one person has one account
fault-account-closed = this account was closed and is not opened again; use another login
fault-role-kept = this account has a role that no table changes
fault-other-holder = this account belongs to a person of another number; one account has one person
fault-level-unknown = no level of a unit: department, district (until 30/6/2025) or commune
fault-level-ended = units of this level ended on { $last }
fault-unit-repeated = this unit stands in row { $line } already
fault-accounts-form = the number of accounts must be a whole number from 1
fault-line = row { $line }, column “{ $column }”: { $what }
fault-reasons = Reasons

# Letter that asks units to register
letter-title = Registration for the National Population Database
letter-to = To: the agencies and units of the list
letter-opening = Under “{ $drive }”, agencies and units register their accounts for the National Population Database by the end of { $deadline }.
letter-counts = As of { $today }, of { $expected } agencies and units { $full } have registered fully, { $partly } partly, { $none } not at all.
letter-ask = The agencies and units of the list are asked to complete what is missing by the end of { $deadline }, and to send the account table on the form and the commitment, signed and sealed by the head.
letter-overdue = The deadline passed { $days } days ago. The agencies and units of the list are asked to complete what is missing at once, and to report why they are late.
letter-closing = Respectfully.
drive-missing-accounts = no account yet
drive-missing-fewer = { $have } of { $want } accounts
drive-missing-active = no account in use
drive-missing-commitment = no commitment
drive-missing-number = { $count } accounts without their holder's number
drive-standing-full = Registered fully
drive-standing-partly = Registered partly
drive-standing-none = Not registered
drive-list = Units
drive-columns = No.|Agency code|Agency name|Level|Standing|Missing

# Result of an account review
report-name = Review result
report-title = RESULT OF THE REVIEW OF ACCOUNTS FOR THE NATIONAL POPULATION DATABASE
report-review = Review: { $title }; from { $opens } to the end of { $deadline }
report-interim = Interim figures: the review is not closed
report-counts = { $all } in all: { $confirmed } kept, { $changed } changed, { $closed } closed, { $locked } locked at the deadline, { $open } not reviewed
report-columns = No.|Full name|Personal number|Login|Agency code|Agency name|Role|System|Phone|Issued on|Last use|Look-ups in the period|Of these with a case|At night|Services (033/037)|Devices, addresses|State|Holder of the API account|Conclusion|Proposal
report-open = Not reviewed
report-confirmed = Keep
report-changed = Changed
report-closing = To be closed
report-closed = Closed
report-locked = Locked: not confirmed in time
report-state-active = In use
report-state-locked = Locked
report-state-closed = Withdrawn
report-never = never used
report-unknown = unknown

# List of accounts
accounts-name = Accounts
accounts-columns = System|State|Issued|Last use

# Why something may not be done
refusal-not-now = Its present state does not allow this.
refusal-undecided = Some accounts are not decided, so the review cannot close early; it closes by itself after its last day.
refusal-too-late = The deadline has passed.
refusal-own-request = Whoever asked does not decide.
refusal-not-yours = Only whoever asked may withdraw it.
refusal-faulty = The list has faulty rows. Mend them, or choose to take the good rows only.
refusal-nothing = Nothing would change.
refusal-stale = Accounts have changed since the plan was made. Look again.
refusal-touched = Something else has changed an account since, so this cannot be undone.
refusal-expired = The rows of this import are not kept any more.
refusal-pending = There is a request for this account already.
refusal-quota-range = The quota must be above the present one and within what may be asked for.
refusal-quota-raise = A higher quota needs a request of its own.
refusal-role-kept = This role is not given in this way.
refusal-day = The day cannot be: before today, or an opening after the deadline.
refusal-successor = The successor must be another account in use of the same system.
refusal-code-outside = The new agency code does not lie under the organisation's.
refusal-login-taken = The login exists in the other system.
refusal-closed = The account was closed and is not opened again.
refusal-holder = Say who keeps the API account; it must not be a contractor.
refusal-value = The name or the telephone number cannot be.
refusal-empty = The scope or list is empty.
refusal-level = Units of this level do not exist on that day.
