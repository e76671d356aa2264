/// The people, words and files of 星河, a company that does not exist.
enum Workplace {
    static let people: [World.Person] = [
        ("王芳", "wang.fang"), ("李伟", "li.wei"), ("Alice Johnson", "alice"), ("张敏", "zhang.min"),
        ("Bob Müller", "bob"), ("刘洋", "liu.yang"), ("陈静", "chen.jing"), ("Carol Smith", "carol"),
        ("杨磊", "yang.lei"), ("赵倩", "zhao.qian"), ("David Chen 陈大卫", "david.chen"),
        ("孙丽 (财务)", "sun.li"), ("Priya Natarajan", "priya"), ("周杰", "zhou.jie"),
    ].map { World.Person(name: $0.0, address: $0.1 + "@xinghe.example") }

    static let subjects = [
        "报价单 - 华东区", "Re: Q3 budget review", "会议纪要", "合同修订稿，请审阅", "Invoice for March",
        "周报", "面试安排", "Shipping documents", "答复: 付款申请", "Fwd: 产品照片", "请假申请",
        "Agenda for Thursday", "客户反馈汇总", "Contract renewal", "出差报销", "Design review notes",
        "年度预算（草案）", "Re: 回复: 供应商资质", "新员工入职材料", "Minutes of the board meeting",
    ]

    static let texts = [
        "您好，附件请查收。", "Please find the file attached.", "见附件，有问题随时联系。",
        "As discussed in the meeting this morning.", "请在周五前确认。", "Thanks, will check tomorrow.",
    ]

    /// Names and endings apart, so that a number can stand between them.
    static let files = [
        ("报价单", ".xlsx"), ("合同（签署版）", ".pdf"), ("会议纪要", ".docx"), ("Q3 budget", ".xlsx"),
        ("Scan", ".pdf"), ("发票", ".pdf"), ("IMG_20260302", ".jpg"), ("设计稿 v", ".png"),
        ("backup", ".tar.gz"), ("导出数据", ".csv"), ("Présentation finale", ".pptx"),
        ("notes", ".txt"), ("产品照片", ".jpeg"), ("采购清单", ".xlsx"), ("Contract draft", ".docx"),
        ("简历 - 应聘", ".pdf"),
    ]

    /// Names that are nobody's friend when a file is written under them.
    static let awkwardNames = [
        "../../etc/passwd", "季度/汇总:最终版?.xlsx", "CON.txt", "🎉年会 照片.png", "a\u{202E}gpj.exe",
        "README", ".hidden",
    ]

    static let tasks = [
        "准备投标文件", "Review Q3 budget", "更新报价单", "Collect signatures", "整理客户资料",
        "Prepare the launch checklist", "安排年会", "Migrate the file server", "合同归档",
        "Update onboarding handbook",
    ]
}
