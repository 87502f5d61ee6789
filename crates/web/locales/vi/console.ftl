# Bàn điều hành: khung trang, cửa vào, phần dùng chung.
console-name = Bàn điều hành kết nối
console-managing = Cơ quan quản lý cơ sở dữ liệu
console-work = Việc chờ tôi
console-connections = Kết nối
console-accounts = Tài khoản
console-campaigns = Đợt rà soát
console-alerts = Cảnh báo
console-usage = Khai thác
console-cases = Phản ánh, kiểm tra
console-staff = Người điều hành
console-rules = Quy định
console-me = Tài khoản của tôi

door-title = Đăng nhập bàn điều hành
door-lead = Dành cho người quản lý kết nối, đánh giá an ninh, phê duyệt, giám sát và người phụ trách của cơ quan. Công dân và cán bộ tra cứu dùng cổng khác.
door-demo-text = Bản dùng thử cho biết tài khoản của từng vai trò. Mã sáu số tạo từ khoá trong demo.json.
door-qr = Mã QR của khoá, quét bằng ứng dụng xác thực
door-code = Mã sáu số trong ứng dụng xác thực
door-continue = Tiếp tục
door-enrol-title = Thêm bước xác thực thứ hai
door-enrol-lead = Tài khoản này phải có bước thứ hai. Quét mã bằng ứng dụng xác thực trên điện thoại rồi nhập mã sáu số đang hiện.
door-passkey-failed = Khoá truy cập chưa được xác nhận. Hãy thử lại, hoặc dùng cách khác.

work-due = Hạn
work-what = Việc
work-of = Cơ quan
work-state = Tình trạng
work-late = Quá hạn
work-soon = Sắp đến hạn
work-empty-title = Không có việc nào chờ bạn
work-empty-text = Việc mới hiện ở đây khi một kết nối, đợt rà soát hoặc cảnh báo cần bạn xử lý.

usage-by-outcome = Lượt gọi theo kết quả
usage-outcome = Kết quả
usage-calls = Số lượt

record-facts = Thông tin
record-happened = Diễn biến
record-tables = Danh sách
record-nothing = Chưa có.

act-reason = Lý do
act-reason-missing = Nhập lý do.
act-code = Căn cứ
act-suspend = Tạm dừng kết nối
act-suspend-lead = Mọi lượt gọi của hệ thống bị từ chối ngay trên mọi máy chủ, các kết nối đang mở bị cắt. Cơ quan được báo lý do và cách nối lại.
