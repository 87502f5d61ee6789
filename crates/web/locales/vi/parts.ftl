# Thành phần dùng chung: biểu mẫu, kết quả, danh sách.
form-optional = (không bắt buộc)
form-error = Lỗi:{" "}
form-summary = Có thông tin cần sửa
form-choose = Chọn…
form-any = Tất cả
crumbs-label = Vị trí trang
pages-label = Các trang của danh sách
pages-previous = Trang trước
pages-next = Trang sau
copy = Sao chép
copy-done = Đã sao chép
fact-none = Không có dữ liệu

service-verify = Xác thực
service-look-up = Tra cứu

verdict-match = Khớp
verdict-match-meaning = Trùng với dữ liệu dân cư.
verdict-match-unaccented = Khớp, không dấu
verdict-match-unaccented-meaning = Trùng khi không xét dấu tiếng Việt.
verdict-near = Gần khớp
verdict-near-meaning = Chỉ khác một chi tiết nhỏ; cần đối chiếu giấy tờ.
verdict-mismatch = Không khớp
verdict-mismatch-meaning = Khác với dữ liệu dân cư.
verdict-not-on-record = Chưa có dữ liệu
verdict-not-on-record-meaning = Dữ liệu dân cư chưa có trường này.
verdict-not-asked = Không hỏi
verdict-not-asked-meaning = Yêu cầu không nêu trường này.
verdict-not-allowed = Không được phép
verdict-not-allowed-meaning = Thỏa thuận khai thác không có trường này.

outcome-verified = Khớp
outcome-verified-sentence = Thông tin khớp với dữ liệu dân cư
outcome-found = Tìm thấy
outcome-found-sentence = Tìm thấy thông tin công dân
outcome-mismatch = Không khớp
outcome-mismatch-sentence = Thông tin không khớp với dữ liệu dân cư
outcome-mismatch-advice = Đối chiếu lại giấy tờ với nội dung đã nhập. Nếu giấy tờ đúng, đề nghị công dân điều chỉnh dữ liệu tại Công an cấp xã nơi cư trú.
outcome-not-found = Không tìm thấy
outcome-not-found-sentence = Không tìm thấy công dân theo thông tin đã nhập
outcome-not-found-advice = Kiểm tra lại số đã nhập. Khi công dân không mang giấy tờ, dùng mục Tìm tại quầy.
outcome-not-usable = Không sử dụng được
outcome-not-usable-sentence = Có dữ liệu nhưng không được sử dụng
outcome-not-usable-advice = Người này đã chết hoặc mất tích, hoặc hồ sơ đã hủy hay bị khóa. Không dùng kết quả này để giải quyết thủ tục; cần làm rõ thì liên hệ Công an cấp xã nơi cư trú.
outcome-refused = Bị từ chối
outcome-refused-sentence = Yêu cầu bị từ chối

refusal-code = Mã lỗi:
refusal-field = Trường liên quan:

step-decode = Giải mã
step-decode-meaning = Đọc thông điệp theo đúng cấu trúc đã công bố.
step-authenticate = Định danh bên hỏi
step-authenticate-meaning = Xác định hệ thống và cán bộ đang hỏi.
step-decide = Xét quyền
step-decide-meaning = Đối chiếu thỏa thuận: mục đích, trường thông tin, hạn mức.
step-registry = Đối chiếu dữ liệu
step-registry-meaning = So sánh hoặc lấy thông tin từ dữ liệu dân cư.
step-journal = Ghi nhật ký
step-journal-meaning = Ghi bền vững trước khi câu trả lời được gửi đi.
step-sign = Ký số
step-sign-meaning = Ký câu trả lời cùng số nhật ký và thời điểm.
