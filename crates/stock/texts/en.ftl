# The result of a comparison
result-title = Result of cleaning citizens’ data
result-figures = Figures
result-rows = Result
figure-rows = Rows

column-row-id = Row
column-verdict = Verdict
column-matched-personal-id = Matched personal number
column-score = Score
column-reasons = Field by field
column-action = What to do

field-row-id = Row
field-personal-id = Personal number
field-id-card-number = Old card number
field-full-name = Full name
field-other-name = Other name
field-birth-date = Birth date
field-sex = Sex
field-permanent-unit = Residence
field-household = Number of the head of household

verdict-not-found = Not found
verdict-match = Match
verdict-match-with-differences = Match with differences
verdict-doubtful = Doubtful
verdict-ambiguous = Several people fit
verdict-unreadable = Unreadable

action-accept = Keep as it is
action-correct = Correct from the national database
action-ask-citizen = Ask the citizen
action-review = An officer is to look

agreement-absent = absent
agreement-same = same
agreement-unaccented = same without marks
agreement-other-marks = other marks
agreement-typing = typing error
agreement-words = words in another order, or one missing
agreement-former = former value
agreement-day-month-swapped = day and month swapped
agreement-less-precise = less precise
agreement-moved-unit = unit merged or renamed
agreement-unreadable = unreadable
agreement-different = different

# The report
report-title = REPORT
report-about = on cleaning the citizens’ data of { $agency }
report-outcome = 1. Outcome
report-outcome-text = The stock of { $agency } has { $rows } rows. { $sure } of them ({ $part }) mean one person of the national population database for certain.
report-faults = Rows of the file that could not be read: { $faults }. They are in the result with the verdict “Unreadable”.
report-skipped = Sheets without a column of numbers or names of citizens, not compared: { $sheets }.
fault-ragged = with too many or too few cells
fault-quote = with a quotation mark that is not closed
fault-encoding = in another encoding
fault-element = with a field said twice
fault-long = with a text that is too long
report-fields = 2. Fields that differ from the national database
report-fields-text = The chart shows for each field how many of the rows that could be compared differ; the table shows how.
report-field = Field
report-compared = Compared
report-same = Same
report-differing = How the others differ (rows)
report-steps = 3. What to do
step-accept = Keep as it is: the agency’s data are right, nothing is to be done.
step-correct = Correct from the national database: put its values into the fields that differ, and keep the former values on record.
step-ask-citizen = Ask the citizen: get what is missing or have it confirmed, and send these rows again.
step-review = An officer is to look: compare both sides in the queue and decide; decisions are kept and audited.
report-method = 4. How it was done
report-method-text = Each row was compared with the national population database by number, name, birth date and whatever else the file has. A row’s score is the sum of its weights of evidence (Fellegi–Sunter model), in bits; the same file and the same state of the database give the same result.
report-job = Job: { $job }
report-model = Model: { $model }
report-seal = SHA-256 of the file that came in: { $seal }
report-told = Rows for which the agreement lets the matched number be told: { $told }
report-signatory = Officer in charge
report-sign = (Signature and full name)

# Packages carried by hand
refused-form = This is no sealed package of the right form.
refused-truncated = The package is cut short: a part of it is missing.
refused-foreign-recipient = The package is sealed to another recipient than the certificate here.
refused-unknown-signer = The package is signed by somebody who is not trusted here, or whose certificate does not hold any more.
refused-tampered = The package was changed after it was sealed.
refused-way = The package is sealed in a way that is not taken here.
refused-mixed = The pieces are not of one package or not of one signer.
refused-replayed = This package was opened and answered before.
refused-too-big = The package is too large or has too many files.
refused-io = A file cannot be read or written.
refused-not-registered = The certificate that signed the package is not registered for the system that it names.
refused-revoked = The certificate that signed the package was revoked.
refused-expired = The certificate that signed the package is not taken any more: its time is over.
refused-kind = The package does not hold what is awaited here: an agency’s holds a stock to be cleaned, an answer a result.
refused-request = The request in the package (request.json) does not read.
refused-no-recipient = The agency has registered no certificate that holds to which an answer could be sealed.
