"""One connection through its life: who takes part, what was handed out so far, and the calls of its software."""

from life_system import SecurityOfficer, Software

NAME = "Hệ thống đất đai"
FIRST = {"login": "quaymot.datdai", "officer_number": "001080000024", "full_name": "Hà Thị Quầy Một"}
SECOND = {"login": "quayhai.datdai", "officer_number": "019188000031", "full_name": "Lê Văn Quầy Hai"}
CASE = "DD-2026-00017"


class Life:
    """What the stations hand on to each other."""

    def __init__(self, people, folder):
        self.people, self.demo, self.folder = people, people.demo, folder
        self.keeper = SecurityOfficer(folder, people.demo)
        self.software = Software(folder, people.demo)
        self.matter = None

    def state(self, role):
        desk = self.people.at(role)
        desk.page.goto(self.matter)
        return desk.badge()

    def citizen(self, at=0):
        one = self.demo.facts["citizens"][at]
        return one["personal_id"], one["full_name"], one["birth_date"]

    def call(self, who=FIRST, citizen=None, service="verify"):
        """A live call by REST: 200, or the code of its refusal."""
        answer = self.software.rest(
            service, citizen or self.citizen(), officer=who["officer_number"], account=who["login"], case_number=CASE,
        )
        return 200 if answer.status_code == 200 else answer.json()["code"]

    def call_by_soap(self, service="verify", who=FIRST):
        return self.software.ask(
            self.software.soap(), service, self.citizen(), MaCanBo=who["officer_number"], TaiKhoan=who["login"], MaHoSo=CASE,
        )
