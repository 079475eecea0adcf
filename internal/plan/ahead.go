package plan

import "fmt"

// What is said ahead of time. Both are remarks: nothing differs yet, so they alone are no drift.
const (
	// aheadDays is how many days before the last day of access a note says so: the longest holiday of whoever has to ask
	// for more time, and what an exception from a guard holds.
	aheadDays = 14

	// Seats are nearly taken when no more than these are free: a limit of 400 is near with 20 left, enough for a month of
	// joiners where a tenth of the people changes in a year, and two are what a small team may need in a day.
	seatsLeft        = 2
	seatsLeftPercent = 5
)

// noteAhead notes what comes of itself: people whose access ends soon, and seats that are nearly taken once the batches
// are carried out.
func (b *builder) noteAhead(batches []Batch) {
	for i := range b.people {
		b.noteAccessEnds(&b.people[i])
	}
	b.noteSeats(b.walk(batches).seats)
}

// noteAccessEnds looks at a person who has access, or gets it by the plan. Whose date has passed is deactivated, which is
// an action.
func (b *builder) noteAccessEnds(p *person) {
	until := p.want.Until
	switch {
	case !until.Set, until.Value.Before(b.opts.Today), b.opts.Today.Plus(aheadDays).Before(until.Value):
		return
	case p.fate == fateUpdate && !p.live.Active, p.fate == fateDeactivate, p.fate == fateDormant, p.fate == fateAbsent:
		return
	}
	when := "today"
	if n := b.opts.Today.Days(until.Value); n > 0 {
		when = "in " + count(n, "day", "days")
	}
	b.found.note(Note{Code: NoteAccessEnds, Subject: string(p.want.Email), Until: until.Value, Source: place(until.Pos),
		Text: fmt.Sprintf("the last day of access is %s, %s", until.Value, when)})
}

// noteSeats says that few seats are left. That there are none left, or fewer than none, is what the guard says of a plan
// that takes more; of one that takes the last, it is a note.
func (b *builder) noteSeats(taken int) {
	limit, known := b.seatLimit()
	free := limit - taken
	if !known || free < 0 || free > max(seatsLeft, (limit*seatsLeftPercent+99)/100) {
		return
	}
	text := fmt.Sprintf("%d of %d seats are taken after this plan", taken, b.want.Seats.Limit.Value)
	if reserve := b.want.Seats.Reserve.Value; reserve > 0 {
		text += fmt.Sprintf(", with %d in reserve", reserve)
	}
	left := "none is left for a joiner"
	if free > 0 {
		left = count(free, "joiner fits", "joiners fit") + " in"
	}
	b.found.note(Note{Code: NoteSeatsNearlyTaken, Source: place(b.want.Seats.Limit.Pos), Text: text + ": " + left})
}
