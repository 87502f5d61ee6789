# The console: its frame, the way in, shared parts.
console-name = Connection console
console-managing = Managing body of the database
console-work = What waits for me
console-connections = Connections
console-accounts = Accounts
console-campaigns = Campaigns
console-alerts = Alerts
console-usage = Usage
console-cases = Notices, inspections
console-staff = Staff
console-rules = Rules
console-me = My account

door-title = Sign in to the console
door-lead = For those who manage connections, assess, approve and supervise, and for the people in charge at organisations. Citizens and officers use another address.
door-demo-text = The demo tells an account for each role. The six digits come from the key in demo.json.
door-qr = QR code of the key, to be scanned by an authenticator app
door-code = Six digits from the authenticator app
door-continue = Continue
door-enrol-title = Add a second factor
door-enrol-lead = This account needs a second factor. Scan the code with an authenticator app, then type the six digits that it shows.
door-passkey-failed = The passkey was not confirmed. Try again, or use another way.

work-due = Due
work-what = What
work-of = Organisation
work-state = State
work-late = Overdue
work-soon = Due soon
work-empty-title = Nothing waits for you
work-empty-text = New work shows here when a connection, a campaign or an alert needs you.

usage-by-outcome = Calls by outcome
usage-outcome = Outcome
usage-calls = Calls

record-facts = What is known
record-happened = What happened
record-tables = List
record-nothing = None yet.

act-reason = Reason
act-reason-missing = Give the reason.
act-code = Ground
act-suspend = Suspend the connection
act-suspend-lead = Every call of the system is refused at once on every server, and open connections are cut. The organisation is told why, and the way back.
