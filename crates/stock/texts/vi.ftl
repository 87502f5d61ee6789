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
field-household = Số của chủ hộ

verdict-not-found = Không tìm thấy
verdict-match = Khớp hoàn toàn
verdict-match-with-differences = Khớp, có trường sai khác
verdict-doubtful = Chưa chắc chắn
verdict-ambiguous = Có thể là nhiều người
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
agreement-less-precise = ít chi tiết hơn
agreement-moved-unit = đơn vị đã sáp nhập, đổi tên
agreement-unreadable = không đọc được
agreement-different = khác

# Báo cáo
report-title = BÁO CÁO
report-about = kết quả đối chiếu, làm sạch dữ liệu công dân của { $agency }
report-outcome = 1. Kết quả chung
report-outcome-text = Dữ liệu của { $agency } có { $rows } dòng. { $sure } dòng ({ $part }) xác định được chắc chắn một người trong Cơ sở dữ liệu quốc gia về dân cư.
report-faults = Dòng không đọc được trong tệp: { $faults }. Các dòng này vẫn có trong kết quả, với kết luận “Không đọc được”.
report-skipped = Trang tính không có cột số hoặc tên công dân, không được đối chiếu: { $sheets }.
fault-ragged = dòng thừa hoặc thiếu ô
fault-quote = dòng có dấu ngoặc kép không đóng
fault-encoding = dòng sai bảng mã
fault-element = dòng có trường bị lặp
fault-long = dòng có nội dung quá dài
report-fields = 2. Các trường khác với Cơ sở dữ liệu quốc gia
report-fields-text = Biểu đồ cho biết số dòng có giá trị khác so với số dòng so sánh được của từng trường; bảng cho biết khác như thế nào.
report-field = Trường
report-compared = So sánh được
report-same = Giống
report-differing = Khác như thế nào (số dòng)
report-steps = 3. Việc cần làm
step-accept = Giữ nguyên: dữ liệu của cơ quan đã đúng, không phải làm gì thêm.
step-correct = Sửa theo Cơ sở dữ liệu quốc gia: cập nhật các trường khác bằng giá trị trong Cơ sở dữ liệu quốc gia, lưu lại giá trị cũ.
step-ask-citizen = Hỏi lại công dân: liên hệ công dân để bổ sung hoặc xác nhận thông tin, rồi gửi lại các dòng này ở lần sau.
step-review = Cán bộ xem xét: so sánh hai bên trong hàng đợi và quyết định; quyết định được lưu vết.
report-method = 4. Cách thực hiện
report-method-text = Mỗi dòng được so với Cơ sở dữ liệu quốc gia về dân cư theo số định danh, họ tên, ngày sinh và các trường có trong tệp. Điểm của mỗi dòng là tổng trọng số bằng chứng (mô hình Fellegi–Sunter), tính bằng bit; cùng một tệp và cùng một trạng thái dữ liệu luôn cho cùng kết quả.
report-job = Mã công việc: { $job }
report-model = Mô hình: { $model }
report-seal = Giá trị băm SHA-256 của tệp đầu vào: { $seal }
report-told = Số dòng được trả số định danh của người khớp, theo thỏa thuận: { $told }
report-signatory = Người phụ trách
report-sign = (Ký, ghi rõ họ tên)

# Gói mang bằng tay
refused-form = Đây không phải gói niêm phong đúng khuôn dạng.
refused-truncated = Gói không đầy đủ, thiếu một phần.
refused-foreign-recipient = Gói được niêm phong cho người nhận khác, không phải cho chứng thư ở đây.
refused-unknown-signer = Chữ ký của gói không thuộc người ký được tin cậy, hoặc chứng thư của người ký đã hết hiệu lực.
refused-tampered = Gói đã bị thay đổi sau khi niêm phong.
refused-way = Gói được niêm phong theo cách không được chấp nhận ở đây.
refused-mixed = Các phần không cùng một gói hoặc không cùng người ký.
refused-replayed = Gói này đã được mở và đã được trả lời.
refused-too-big = Gói quá lớn hoặc có quá nhiều tệp.
refused-io = Không đọc hoặc ghi được tệp.
refused-not-registered = Chứng thư ký gói không được đăng ký cho hệ thống nêu trong gói.
refused-revoked = Chứng thư ký gói đã bị thu hồi.
refused-expired = Chứng thư ký gói đã hết thời hạn sử dụng.
refused-kind = Gói không chứa nội dung cần có ở bước này: gói của cơ quan chứa dữ liệu cần làm sạch, gói trả lời chứa kết quả.
refused-request = Không đọc được phiếu yêu cầu (request.json) trong gói.
refused-no-recipient = Cơ quan chưa đăng ký chứng thư nhận kết quả còn hiệu lực, nên không niêm phong được câu trả lời.
