# Kết quả đối chiếu
result-title = Kết quả đối chiếu, làm sạch dữ liệu công dân
result-figures = Tổng hợp
result-rows = Kết quả
figure-rows = Tổng số dòng

column-row-id = Mã dòng
column-verdict = Kết luận
column-matched-personal-id = Số định danh khớp
column-score = Điểm
column-reasons = Chi tiết từng trường
column-action = Việc cần làm

field-row-id = Mã dòng
field-personal-id = Số định danh
field-id-card-number = Số CMND
field-full-name = Họ và tên
field-other-name = Tên gọi khác
field-birth-date = Ngày sinh
field-sex = Giới tính
field-permanent-unit = Nơi thường trú
field-household = Hộ

verdict-not-found = Không tìm thấy
verdict-match = Khớp hoàn toàn
verdict-match-with-differences = Khớp, có trường khác
verdict-doubtful = Chưa chắc chắn
verdict-ambiguous = Khớp nhiều người
verdict-unreadable = Không đọc được

action-accept = Giữ nguyên
action-correct = Sửa theo Cơ sở dữ liệu quốc gia
action-ask-citizen = Hỏi lại công dân
action-review = Cán bộ xem xét

agreement-absent = không có
agreement-same = giống
agreement-unaccented = giống, thiếu dấu
agreement-other-marks = khác dấu
agreement-typing = lỗi gõ
agreement-words = khác thứ tự hoặc thiếu từ
agreement-former = giá trị cũ
agreement-day-month-swapped = đảo ngày và tháng
agreement-less-precise = kém chính xác hơn
agreement-moved-unit = đơn vị đã sáp nhập, đổi tên
agreement-unreadable = không đọc được
agreement-different = khác
