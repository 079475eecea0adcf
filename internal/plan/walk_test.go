package plan

import (
	"fmt"
	"testing"

	"rollcall/internal/directory"
)

// The guards on administrators and seats count the worst moment of whatever order they are given: they do not trust the
// stages to be the right ones. Each row has its batches in an order that no plan has.
func TestWalk_countsTheWorstMoment(t *testing.T) {
	leaves := func(id int64) Action {
		return Action{Kind: DeactivateUser, SubjectID: id, Fields: []FieldChange{{Field: FieldActive, Old: Flag(true), New: Flag(false)}}}
	}
	comes := Action{Kind: CreateUser, Fields: []FieldChange{{Field: FieldActive, Old: Value{}, New: Flag(true)}, {Field: FieldAdmin, Old: Value{}, New: Flag(true)}}}
	for _, tt := range []struct {
		name    string
		batches []Batch
		admins  string
		seats   string
	}{
		{"one comes, then one leaves", []Batch{{Actions: []Action{comes}}, {Actions: []Action{leaves(1)}}}, "[]", "[refused 3/2]"},
		{"one leaves, then one comes", []Batch{{Actions: []Action{leaves(1)}}, {Actions: []Action{comes}}}, "[refused 1/2]", "[]"},
		{"both at the same time", []Batch{{Actions: []Action{leaves(1), comes}}}, "[refused 1/2]", "[refused 3/2]"},
		{"one leaves, two come, one leaves", []Batch{{Actions: []Action{leaves(1)}}, {Actions: []Action{comes, comes}}, {Actions: []Action{leaves(2)}}}, "[refused 1/2]", "[refused 3/2]"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			admin := func(id directory.UserID) directory.User {
				return directory.User{ID: id, Email: directory.Email(fmt.Sprintf("a%d@acme.example", id)), Active: true, Admin: true}
			}
			want := &directory.Desired{Guards: directory.DefaultGuards()}
			want.Seats.Limit = directory.At(2, directory.Pos{})
			b := &builder{
				want: want, ix: newIndex(&directory.Live{Users: []directory.User{admin(1), admin(2)}}),
				caps: Caps{Reported: map[Field]bool{FieldAdmin: true}},
			}
			c := b.walk(tt.batches)
			if got := shown(b.guardAdmins(c)); got != tt.admins {
				t.Errorf("administrators: %s, want %s", got, tt.admins)
			}
			if got := shown(b.guardSeats(c)); got != tt.seats {
				t.Errorf("seats: %s, want %s", got, tt.seats)
			}
		})
	}
}

func shown(results []GuardResult) string {
	list := []string{}
	for _, r := range results {
		list = append(list, fmt.Sprintf("%s %d/%d", r.Status, r.Count, r.Limit))
	}
	return fmt.Sprint(list)
}
