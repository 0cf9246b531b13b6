TITLE = "daily report"
