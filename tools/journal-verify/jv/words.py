"""What the verifier says, in English and Vietnamese. Every objection has a name, which tests ask for."""

WORDS = {
    "key-form": ("the key file is not a policy: line {line}", "tệp khoá không đúng định dạng: dòng {line}"),
    "key-log": ("the key file must name exactly one log", "tệp khoá phải nêu đúng một nhật ký"),
    "key-quorum": ("the key file must have exactly one quorum line", "tệp khoá phải có đúng một dòng quorum"),
    "key-kind": ("line {line} of the key file has a key of a kind that is not for this", "dòng {line} của tệp khoá có khoá không đúng loại"),
    "missing": ("the file {path} is missing", "thiếu tệp {path}"),
    "extra": ("the file {path} does not belong to a log", "tệp {path} không thuộc về nhật ký"),
    "unreadable": ("{path} cannot be read", "không đọc được {path}"),
    "note-form": ("{what} is not a signed note", "{what} không phải là văn bản có chữ ký đúng định dạng"),
    "note-key": ("{what} has a signature by a key that the key file does not name", "{what} có chữ ký bằng khoá không có trong tệp khoá"),
    "note-twice": ("{what} has two signatures by one key", "{what} có hai chữ ký của cùng một khoá"),
    "note-unsigned": ("{what} lacks the signature of the log", "{what} thiếu chữ ký của nhật ký"),
    "signature": ("a signature of {what} is false: {by}", "chữ ký trên {what} không đúng: {by}"),
    "checkpoint-form": ("{what} is not a checkpoint", "{what} không phải là điểm chốt đúng định dạng"),
    "origin": ("{what} is of another log than the key file names", "{what} thuộc nhật ký khác với tệp khoá"),
    "quorum": ("{what} has too few signatures of witnesses", "{what} không đủ chữ ký của bên chứng kiến"),
    "witnessed-missing": ("the log has no checkpoint with witnesses", "nhật ký không có điểm chốt được chứng kiến"),
    "witnessed-ahead": ("the witnesses signed more than the log has", "bên chứng kiến đã ký nhiều hơn số mục nhật ký đang có"),
    "witnessed-root": ("the witnesses signed other entries than the log has: a fork", "bên chứng kiến đã ký nội dung khác với nhật ký: nhật ký bị rẽ nhánh"),
    "bundle-form": ("{path} does not hold its {width} entries", "{path} không chứa đúng {width} mục"),
    "tile-form": ("{path} does not hold its {width} hashes", "{path} không chứa đúng {width} giá trị băm"),
    "leaf": ("entry {index} is not the one whose hash is in the tree", "mục {index} không khớp với giá trị băm trong cây"),
    "tile": ("{path} does not hold the hashes of what is below it", "{path} không khớp với các giá trị băm bên dưới"),
    "root": ("the entries are not those that the log signed", "các mục không phải là những gì nhật ký đã ký"),
    "prefix": ("{path} is not the same as the file it is a part of", "{path} không khớp với tệp mà nó là một phần"),
    "entry": ("entry {index} is not an entry: {why}", "mục {index} không đúng định dạng: {why}"),
    "context": ("entry {index} names a context that is not one", "mục {index} nêu ngữ cảnh không hợp lệ"),
    "epoch-covered": ("entry {index} is an epoch that covers what came after it", "mục {index} là kỳ chốt bao gồm cả những mục sau nó"),
    "memory-form": ("the remembered checkpoint in {path} is damaged", "điểm chốt đã ghi nhớ trong {path} bị hỏng"),
    "memory-older": ("the log is shorter than it was: {size} entries, {seen} seen before", "nhật ký ngắn hơn trước: {size} mục, đã từng thấy {seen}"),
    "memory-fork": ("the log is not the one seen before: its first {seen} entries are others", "nhật ký không phải là nhật ký đã thấy: {seen} mục đầu đã khác"),
    "label": ("label {label}", "nhãn {label}"),
    "cbor-form": ("bytes that are not in their one form", "dữ liệu không ở dạng chuẩn duy nhất"),
    "cbor-short": ("bytes that end early", "dữ liệu bị cắt ngắn"),
    "cbor-slack": ("bytes behind the end", "dữ liệu thừa ở cuối"),
    "proof-form": ("{what} is not a proof: {why}", "{what} không phải là bằng chứng: {why}"),
    "proof-index": ("the proof is of an entry beyond the log", "bằng chứng về một mục nằm ngoài nhật ký"),
    "proof-path-length": ("the path of the proof has not the length it must have", "đường dẫn trong bằng chứng không đúng độ dài"),
    "proof-root": ("the entry is not in the tree that the log signed", "mục này không có trong cây mà nhật ký đã ký"),
    "proof-parts": ("the personal parts are not those of the entry", "phần dữ liệu cá nhân không phải của mục này"),
    "proof-context": ("the context is not the one that the entry names", "ngữ cảnh không phải là ngữ cảnh mà mục này nêu"),
    "history-form": ("the history has not the form it must have: {why}", "lịch sử không đúng định dạng: {why}"),
    "vrf": ("the place in the map is not proved to be that of this number", "không chứng minh được vị trí trong bản đồ là của số định danh này"),
    "vrf-key": ("the place in the map was made with another key than the log names", "vị trí trong bản đồ được tạo bằng khoá khác với khoá nhật ký nêu"),
    "map": ("the chain's head is not the one in the map of the epoch", "đầu chuỗi không phải là đầu chuỗi trong bản đồ của kỳ chốt"),
    "epoch": ("the proof of the epoch is not of an epoch", "bằng chứng của kỳ chốt không phải về một kỳ chốt"),
    "epoch-young": ("the chain names an entry that the epoch does not cover", "chuỗi nêu một mục mà kỳ chốt không bao gồm"),
    "chain": ("the chain does not lead to its head: an entry was altered, dropped, added or moved", "chuỗi không dẫn tới đầu chuỗi: có mục bị sửa, bỏ, thêm hoặc đổi chỗ"),
    "chain-order": ("the chain is not in the order of the log", "chuỗi không theo thứ tự của nhật ký"),
    "entry-foreign": ("entry {index} is not one of the chain", "mục {index} không thuộc chuỗi"),
    "entry-person": ("entry {index} does not open to this number", "mục {index} không phải về số định danh này"),
    "entry-twice": ("entry {index} is there twice", "mục {index} có hai lần"),
    "withheld": ("entry {index} is withheld until another time than its withholding says", "mục {index} bị giữ kín tới thời điểm khác với quyết định giữ kín"),
    "checkpoints": ("the proofs are against different checkpoints", "các bằng chứng dựa trên những điểm chốt khác nhau"),
}

HONEST = {
    "dir": ("honest: {size} entries, witnessed up to {witnessed}", "trung thực: {size} mục, được chứng kiến tới mục {witnessed}"),
    "proof": ("honest: entry {index} is in the log of {size} entries", "trung thực: mục {index} có trong nhật ký gồm {size} mục"),
    "history": ("honest: {count} entries about this person up to entry {covered} of the log", "trung thực: {count} mục về người này, tính tới mục {covered} của nhật ký"),
    "gone": ("the personal parts of {count} entries are not shown: their time is over", "phần dữ liệu cá nhân của {count} mục không còn được hiển thị: đã hết thời hạn lưu trữ"),
    "unsigned": ("{count} files beyond the signed size: not signed yet", "{count} tệp vượt quá phần đã ký: chưa được ký"),
    "forgetful": ("the newest checkpoint could not be remembered in {path}", "không ghi nhớ được điểm chốt mới nhất vào {path}"),
}


class Fault(Exception):
    """Why something is not honest, by its name in `WORDS`."""

    def __init__(self, name, **values):
        super().__init__(name)
        self.name, self.values = name, values

    def words(self, language="en"):
        return say(WORDS[self.name], self.values, language)

    def __str__(self):
        return self.words()


def say(words, values, language):
    spoken = {k: v.words(language) if isinstance(v, Fault) else v for k, v in values.items()}
    return words[language == "vi"].format(**spoken)
