"""General words of both languages: how something is spoken of, and what is counted when people are.

Nothing here belongs to one plan or one kind of ticket; a rules file adds its own under ``language:``.
Phrases are separated by ``|``.
"""

from __future__ import annotations

_MOODS = {
    "past": (
        "昨天|昨日|昨晚|前天|前几天|前些天|前段时间|前一阵|上周|上星期|上礼拜|上月|上个月|之前|此前|以前"
        "|早前|先前|原先|曾|曾经|当年"
        "|yesterday|last week|last month|last monday|last tuesday|last wednesday|last thursday"
        "|last friday|last saturday"
        "|last sunday|the other day|a few days ago|days ago|a week ago|weeks ago|previously|before that"
        "|had come|had been|in the past"
    ),
    "long_past": (
        "去年|前年|前几年|前两年|早几年|早些年|头几年|上次|上回|上一次|上一回|前一次|前次|头一次|当时"
        "|那时|那次|那回|那天|那年|往年|历年"
        "|过去|几年前|年前|个月前|多年前|早年"
        "|last year|last time|last visit|last spring|last summer|last autumn|last winter|on my last"
        "|years ago|year ago|months ago"
        "|month ago|at that time|at the time|back then|that day|that time|used to|once before"
        "|previous visit|earlier visit"
        "|in earlier years|on a previous|on an earlier"
    ),
    "planned": (
        "准备|打算|计划|拟于|拟组织|约好|约定好|商量好|说好了|相约|邀约|串联|号召|组织大家|定于|将于"
        "|将会|将要|将有|将来|即将|要去|要来|要到|想去|想来|想到"
        "|会去|会来|会到|会一起|会集体|会过来|明天|明日|明早|明晚|明晨|后天|后日|下周|下星期|下礼拜"
        "|下个月|下月|周末|这周末"
        "|tomorrow|next week|next month|next monday|next tuesday|next wednesday|next thursday"
        "|next friday|next saturday|next sunday"
        "|the day after tomorrow|on monday morning|plan to|plans to|planning to|planned to|are planning"
        "|is planning|intend to|intends to"
        "|going to|will come|will be|will go|will gather|will visit|will all|will march|will meet"
        "|will turn up|will walk|want to come"
        "|we will|we'll|they will|who will|people will|hope to come|are coming|is coming|have agreed to"
        "|agreed to|arranged to|this weekend|later this week"
    ),
    "conditional": (
        "如果|如若|要是|若是|若不|若没|若再|若仍|若有|假如|假使|倘若|倘使|一旦|万一|否则|不然|要不然"
        "|要么|除非|再不|再没有|再没人|再没有人|再拖|再这样|的话|哪怕|即使|就算"
        "|设定情景|情景为|情景设定|情景是|模拟情景|演练设定|演练模拟|模拟发生|模拟出现|假定|设想|下次再|下回再"
        "|可能会|也许会|说不定|难免会|只好|只能组织|不排除|会不会|恐怕会|恐将|势必"
        "|if|unless|otherwise|or else|in case|provided that|suppose|supposing|should nobody"
        "|should nothing|should you fail|would|could|might|may end up"
        "|next time|scenario|simulated|simulating|simulates|pretend"
        "|even if|as long as|failing that"
    ),
    "hearsay": (
        "听说|听朋友|听邻居|听人|听别人|听同事|听亲戚|听老乡|听村里|听他们|听家里|听闻|据说|据传|传闻"
        "|传言|谣传|网传|风传|有传|疑传|坊间|小道消息|新闻说|看新闻|新闻里"
        "|电视上说|网上说|网上看到|网上看|有人传|都在传|群里传|道听途说|不知真假|真假不明"
        "|恶作剧|假消息|请忽略|系误传|误传|误发|hoax|prank|ignore the message|ignore my message|disregard"
        "|读到|读报|看报|报上|报纸上|刷到|看到报道|看到新闻|新闻报道说|邻省某|外地某|邻市某|邻县某|外省某"
        "|read about|reading about|read in the|saw in the paper|saw a report|read of the"
        "|on the news|in the news that|read online that|saw online that|i heard|we heard|i hear|we hear"
        "|heard that|hear that|rumour|rumor|rumours|rumors|rumoured|rumored|allegedly|supposedly|reportedly"
        "|they say|people say|someone said|somebody said|it is said|word is|hearsay|apparently|gossip"
        "|unconfirmed"
    ),
    "question": (
        "是否|是不是|有没有|会否|能否|能不能|可不可以|多少人|吗|是真的吗|whether|is it true|are there"
        "|is there|did you|do you know"
        "|how many"
    ),
    "earlier": (
        "早上|早晨|清晨|上午|中午|一早|今早|起初|最初|开始时|一开始|起先|刚才|刚开始|高峰时|最多时|原来"
        "|本来"
        "|this morning|at first|initially|earlier|originally|at the peak|at its peak|to begin with"
        "|at the start"
    ),
    "now": (
        "现在|目前|此刻|眼下|当前|正在|现已|如今|现有|今天|今日|今早|今晨|今晚|今天上午|刚刚|这会儿"
        "|此时|截至|至今|剩|还剩|只剩|仍有|尚有|还有"
        "|now|at present|at the moment|currently|right now|as of|today|this morning|this afternoon"
        "|tonight|still|remain|remaining|so far|at this moment"
    ),
}

_HEADS = {
    "person": (
        "人|果农|菜农|花农|茶农|烟农|蔗农|瓜农|棉农|粮农|药农|蚕农|蜂农|牧民|移民|灾民|股东|矿工|环卫工"
        "|保洁员|保洁|快递员|外卖员|送餐员|店员|售货员|运动员|护工|保姆|焊工|瓦工|木工|临时工|合同工|派遣工"
        "|实习生|研究生|大学生|中学生|小学生|老兵|战友|军属|老板|商贩|小贩|菜贩|货主|房东|房客|债权人"
        "|买房人|购房户|拆迁户|搬迁户|安置户|回迁户|养蜂户|兄弟|"
        "群众|居民|村民|市民|业主|住户|租户|租客|商户|摊主|摊贩|店主|家长|家属|亲属|学生|同学|孩子"
        "|老人|儿童|小孩|幼儿|工人|民工|农民工|员工|职工"
        "|劳动者|务工人员|退休人员|人员|司机|骑手|师傅|乘客|旅客|游客|顾客|消费者|客户|学员|用户|车主"
        "|邻居|街坊|代表|网友|网民|粉丝|访客|来访者|上访者"
        "|投诉人|反映人|当事人|伤者|伤员|死者|遇难者|受害者|受害人|受灾群众|投资者|投资人|购房者|购房人"
        "|买家|会员|老师|教师|教职工|教练|农户|农民|渔民|养殖户|种植户"
        "|经营者|从业者|个体户|老乡|乡亲|男子|女子|同事|工友|社员|股民|储户|参保人|考生|毕业生|新生|病人"
        "|患者|家庭|路人|行人|骑车人|志愿者|爱心人士|大人|成年人"
        "|people|persons|person|residents|villagers|neighbours|neighbors|citizens|owners|homeowners"
        "|tenants|renters|lodgers|parents|mothers|fathers|mums|dads|carers|guardians"
        "|workers|labourers|laborers|employees|colleagues|staff members|drivers|riders|couriers"
        "|passengers|commuters|travellers|travelers|customers|shoppers"
        "|students|pupils|children|kids|boys|girls|adults|pensioners|retirees|petitioners|complainants"
        "|visitors|callers|demonstrators|protesters|protestors"
        "|traders|vendors|stallholders|stall holders|stall-holders|shopkeepers|shop owners|farmers"
        "|fishermen|members|representatives|applicants|signatories|men|women|ladies|guests"
        "|investors|buyers|depositors|teachers|trainees|users|subscribers|followers|viewers|readers|us"
        "|you|them|others|victims|casualties|survivors|evacuees|inhabitants|occupants"
        "|relatives|folks|individuals|locals|cyclists|pedestrians|migrants|builders|cleaners|nurses|man"
        "|woman|child|resident|parent|worker|student|visitor"
    ),
    "household": (
        "户|户人家|户居民|家庭|人家|families|households|homes|flats|apartments|units|homesteads|family"
        "|household"
    ),
    "staff": (
        "值守|值班|执勤|在岗|到岗|民警|警察|警员|交警|特警|辅警|保安|安保|保安员|工作人员|干部|值班人员|领导|记者|医生|护士|医护"
        "|医护人员|消防员|消防人员|救援人员|城管队员|执法人员|客服|物业人员"
        "|志愿者|调解员|窗口人员|社工|律师|警力|police|police officers|officers|officer|policemen|guards"
        "|guard"
        "|security guards|security staff|staff|officials|official|firefighters|paramedics"
        "|reporters|reporter|journalists|journalist|wardens|clerks|clerk|receptionists|volunteers"
        "|mediators|lawyers"
    ),
    "unit": (
        "个部门|家单位|个单位|家部门|家公司|家企业|个科室|departments|offices|agencies|bureaus"
        "|authorities|companies"
        "|units of government"
    ),
}


def _split(words: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(words.split("|")))


MOOD_WORDS = {name: _split(words) for name, words in _MOODS.items()}
HEAD_WORDS = {name: _split(words) for name, words in _HEADS.items()}
