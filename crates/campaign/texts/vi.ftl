# Vì sao một tệp không đọc được
table-too-big = Tệp quá lớn, hoặc giải nén ra quá lớn. Hãy chia danh sách thành nhiều tệp.
table-too-many-rows = Danh sách có quá nhiều dòng. Hãy chia thành nhiều tệp.
table-row-too-long = Có một dòng quá dài; thường là do thiếu dấu ngoặc kép đóng.
table-old-workbook = Tệp Excel dạng cũ (.xls) hoặc có mật khẩu. Hãy bỏ mật khẩu và lưu lại thành .xlsx.
table-workbook = Tệp Excel bị hỏng hoặc có mật khẩu.
table-no-headings = Không tìm thấy dòng tiêu đề với đủ các cột cần thiết. Hãy chỉ ra cột nào là gì.
table-no-unit-headings = Không tìm thấy các cột mã cơ quan, cấp và tên của danh sách đơn vị.
table-mapping = Cách ghép cột không hợp lệ: có cột ghép hai lần, còn thiếu cột hoặc nằm ngoài bảng.
table-write = Không ghi được bảng.

# Một dòng sai ở đâu và giá trị nào được phép
fault-missing = còn trống; cột này bắt buộc
fault-too-long = quá dài; nhiều nhất { $max } ký tự
fault-control = có ký tự điều khiển
fault-name-form = không phải họ tên: chỉ dùng chữ cái, dấu cách, dấu nháy và gạch nối, nhiều nhất 120 ký tự
fault-login-length = tài khoản có { $given } ký tự; phải từ { $min } đến { $max } ký tự
fault-login-spaces = tài khoản có dấu cách; hãy viết liền
fault-number-cell = ô ở dạng số nên có thể đã mất số 0 ở đầu; hãy định dạng cột là văn bản và nhập lại
fault-phone-form = không phải số điện thoại: 10 chữ số bắt đầu bằng 03, 05, 07, 08, 09, hoặc 10 đến 11 chữ số bắt đầu bằng 02
fault-code-form = không phải mã cơ quan: một chữ in hoa và hai chữ số, rồi các nhóm cách nhau bằng dấu chấm (H55.242), hoặc dạng cũ 000.01.12.H30
fault-code-too-long = mã cơ quan dài hơn { $max } ký tự (Quyết định 20/2020/QĐ-TTg)
fault-code-outside = mã cơ quan không thuộc { $organisation }
fault-role-unknown = vai trò không có trong danh sách: cán bộ một cửa; công chức, viên chức; trưởng phòng; lãnh đạo đơn vị
fault-quota-form = không đọc được số lần truy vấn: một số nguyên lớn hơn 0, hoặc số hồ sơ x số lượt (50x3=150)
fault-quota-factor = chỉ có một trong hai: số hồ sơ/ngày và số lượt/hồ sơ; cần cả hai
fault-quota-disagrees = ghi { $said } nhưng số hồ sơ x số lượt là { $product }
fault-quota-too-high = cao hơn { $max } lượt/ngày; nhiều hơn thì phải có đề nghị tăng hạn mức
fault-officer-number-form = không phải số định danh cá nhân 12 chữ số
fault-login-taken = tài khoản này đã có trong hệ thống; hãy mở tài khoản đó để sửa, hoặc dùng tên khác
fault-login-repeated = tài khoản này đã có ở dòng { $line }
fault-officer-repeated = số định danh này đã có ở dòng { $line }; mỗi người một tài khoản
fault-officer-has-account = người này đã có tài khoản khác trong hệ thống; mỗi người một tài khoản
fault-account-closed = tài khoản này đã đóng và không mở lại; hãy dùng tên khác
fault-role-kept = tài khoản này có vai trò không thay đổi được qua danh sách
fault-other-holder = tài khoản này đang thuộc về người có số định danh khác; mỗi tài khoản một người
fault-level-unknown = không rõ cấp đơn vị: sở, huyện (đến 30/6/2025) hoặc xã
fault-level-ended = cấp này đã kết thúc ngày { $last }
fault-unit-repeated = đơn vị này đã có ở dòng { $line }
fault-accounts-form = số tài khoản phải là số nguyên từ 1 trở lên
fault-line = dòng { $line }, cột “{ $column }”: { $what }
fault-reasons = Lý do

# Thư đôn đốc đăng ký
letter-title = V/v đôn đốc đăng ký khai thác Cơ sở dữ liệu quốc gia về dân cư
letter-to = Kính gửi: các cơ quan, đơn vị có tên trong danh sách kèm theo
letter-opening = Thực hiện “{ $drive }”, các cơ quan, đơn vị phải đăng ký tài khoản khai thác Cơ sở dữ liệu quốc gia về dân cư trước hết ngày { $deadline }.
letter-counts = Tính đến ngày { $today }, trong { $expected } cơ quan, đơn vị phải đăng ký có { $full } đã đăng ký đủ, { $partly } mới đăng ký một phần, { $none } chưa đăng ký.
letter-ask = Đề nghị các cơ quan, đơn vị trong danh sách hoàn thành nội dung còn thiếu trước hết ngày { $deadline } và gửi danh sách tài khoản theo mẫu, bản cam kết có chữ ký và dấu của người đứng đầu.
letter-overdue = Đã quá thời hạn { $days } ngày. Đề nghị các cơ quan, đơn vị trong danh sách hoàn thành ngay nội dung còn thiếu và báo cáo lý do chậm.
letter-closing = Trân trọng./.
drive-missing-accounts = chưa có tài khoản nào
drive-missing-fewer = mới có { $have } trong { $want } tài khoản
drive-missing-active = chưa có tài khoản nào đang dùng
drive-missing-commitment = chưa có bản cam kết
drive-missing-number = { $count } tài khoản chưa có số định danh của người giữ
drive-standing-full = Đăng ký đủ
drive-standing-partly = Đăng ký một phần
drive-standing-none = Chưa đăng ký
drive-list = Danh sách đơn vị
drive-columns = TT|Mã cơ quan|Tên cơ quan|Cấp|Kết quả|Còn thiếu

# Kết quả rà soát tài khoản
report-name = Kết quả rà soát
report-title = KẾT QUẢ RÀ SOÁT TÀI KHOẢN KHAI THÁC CƠ SỞ DỮ LIỆU QUỐC GIA VỀ DÂN CƯ
report-review = Đợt rà soát: { $title }; từ ngày { $opens }, hạn đến hết ngày { $deadline }
report-interim = Số liệu tạm thời: đợt rà soát chưa kết thúc
report-counts = Tổng số { $all }: giữ { $confirmed }, thay đổi { $changed }, đóng { $closed }, khóa do quá hạn { $locked }, chưa rà soát { $open }
report-columns = STT|Họ và tên|Số định danh cá nhân|Tài khoản|Mã cơ quan|Tên cơ quan|Vai trò|Hệ thống|Số điện thoại|Ngày cấp|Lần dùng cuối|Số lượt tra cứu trong kỳ|Trong đó có hồ sơ|Ban đêm|Quyền (033/037)|Thiết bị, địa chỉ|Tình trạng|Người giữ tài khoản API|Kết luận rà soát|Kiến nghị
report-open = Chưa rà soát
report-confirmed = Giữ
report-changed = Thay đổi
report-closing = Đề nghị đóng
report-closed = Đóng
report-locked = Khóa: quá hạn không xác nhận
report-state-active = Đang dùng
report-state-locked = Đang khóa
report-state-closed = Đã thu hồi
report-never = chưa dùng
report-unknown = không rõ

# Danh sách tài khoản
accounts-name = Danh sách tài khoản
accounts-columns = Hệ thống|Tình trạng|Ngày cấp|Lần dùng cuối

# Vì sao một việc không được làm
refusal-not-now = Trạng thái hiện tại không cho phép việc này.
refusal-undecided = Còn tài khoản chưa được rà soát nên chưa đóng sớm được; hết hạn đợt rà soát tự đóng.
refusal-too-late = Đã quá thời hạn.
refusal-own-request = Người đề nghị không được tự phê duyệt.
refusal-not-yours = Chỉ người đề nghị mới được rút lại.
refusal-faulty = Danh sách còn dòng sai. Hãy sửa, hoặc chọn chỉ nhận các dòng đúng.
refusal-nothing = Không có gì thay đổi.
refusal-stale = Tài khoản đã thay đổi sau khi lập kế hoạch. Hãy xem lại.
refusal-touched = Đã có thay đổi khác trên tài khoản nên không hoàn tác được.
refusal-expired = Dữ liệu của lần nhập này không còn được lưu.
refusal-pending = Tài khoản này đang có đề nghị chờ giải quyết.
refusal-quota-range = Hạn mức phải lớn hơn hạn mức đang có và không vượt mức được đề nghị.
refusal-quota-raise = Tăng hạn mức cần có đề nghị riêng.
refusal-role-kept = Vai trò này không cấp theo cách này.
refusal-day = Ngày không hợp lệ: trước hôm nay, hoặc ngày bắt đầu sau thời hạn.
refusal-successor = Người kế nhiệm phải là một tài khoản khác đang dùng của cùng hệ thống.
refusal-code-outside = Mã cơ quan mới không thuộc tổ chức.
refusal-login-taken = Tên tài khoản đã có ở hệ thống kia.
refusal-closed = Tài khoản đã đóng và không mở lại.
refusal-holder = Phải ghi rõ ai giữ tài khoản API; không được giao cho nhà thầu.
refusal-value = Họ tên hoặc số điện thoại không hợp lệ.
refusal-empty = Phạm vi hoặc danh sách trống.
refusal-level = Cấp đơn vị này không còn vào ngày đó.
