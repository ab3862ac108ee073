app_name = "atelier"
app_title = "Atelier"
scheduler_events = ["atelier.utils.scheduler.note_tick"]
