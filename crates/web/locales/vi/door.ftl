# Lời của cửa: đăng nhập, lý do của từng kết quả, các bước của một yêu cầu.
sign-in-wrong = Tên đăng nhập hoặc mật khẩu không đúng.
sign-in-too-often = Sai quá nhiều lần. Đợi một phút rồi thử lại.
sign-in-ended-title = Phiên làm việc đã kết thúc
sign-in-ended-text = Sau một thời gian không thao tác, phiên tự kết thúc. Mời đăng nhập lại.
sign-in-again-title = Biểu mẫu đã cũ
sign-in-again-text = Trang đã mở quá lâu hoặc cookie bị chặn. Mời nhập lại.

reason-equal = Trùng với dữ liệu dân cư.
reason-unaccented-equal = Trùng khi không xét dấu tiếng Việt.
reason-year-only = Dữ liệu dân cư chỉ có năm sinh; năm sinh trùng.
reason-month-only = Dữ liệu dân cư chỉ có tháng và năm sinh; cả hai trùng.
reason-marks-differ = Trùng chữ nhưng khác dấu.
reason-small-edit = Chỉ khác một ký tự; có thể do gõ nhầm.
reason-former-name = Là tên cũ của công dân, trước khi đổi tên.
reason-day-month-swapped = Ngày và tháng bị đổi chỗ.
reason-less-precise = Dữ liệu dân cư biết rõ hơn: có cả ngày hoặc tháng.
reason-linked-old-number = Là số cũ, nay đã thay bằng số khác của cùng công dân.
reason-different = Khác với dữ liệu dân cư.
reason-not-on-record = Dữ liệu dân cư chưa có trường này.
reason-not-asked = Yêu cầu không nêu trường này.
reason-not-allowed = Thỏa thuận khai thác không có trường này.

group-person = Nhân thân
group-residence = Cư trú
group-family = Gia đình
group-sensitive = Dữ liệu nhạy cảm

road-at = Thời điểm
road-service = Dịch vụ
road-service-verify = Xác thực (033)
road-service-look-up = Tra cứu (037)
road-service-search = Tìm tại quầy
road-service-unread = Không đọc được yêu cầu
road-officer = Cán bộ
road-system = Hệ thống
road-form = Giao thức
road-integration = Mã tích hợp
road-request-id = Mã yêu cầu
road-inputs = Trường đã gửi
road-certificate = Dấu vân tay chứng thư
road-source = Địa chỉ nguồn
road-account = Tài khoản
road-role = Vai trò
road-agreement = Thỏa thuận
road-rules-version = Phiên bản quy tắc
road-subject = Công dân (mã băm có khóa)
road-released = Trường đã cung cấp
road-index = Số nhật ký
road-correlation = Mã tra soát
road-response-hash = SHA-256 của câu trả lời

role-one-stop-officer = Cán bộ một cửa
role-civil-servant = Công chức, viên chức
role-head-of-unit = Trưởng phòng
role-leader = Lãnh đạo đơn vị
role-platform = Tài khoản của nền tảng
role-account-manager = Người quản lý tài khoản
