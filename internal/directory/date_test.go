package directory_test

import (
	"encoding/json"
	"testing"
	"time"

	"rollcall/internal/directory"
)

func date(y int, m time.Month, d int) directory.Date {
	return directory.Date{Year: y, Month: m, Day: d}
}

func TestParseDate(t *testing.T) {
	for _, tt := range []struct {
		name string
		in   string
		want directory.Date
		ok   bool
	}{
		{"a day", "2027-01-31", date(2027, 1, 31), true},
		{"a leap day", "2028-02-29", date(2028, 2, 29), true},
		{"no leap day", "2027-02-29", directory.Date{}, false},
		{"no such month", "2027-13-01", directory.Date{}, false},
		{"one digit", "2027-1-31", directory.Date{}, false},
		{"another order", "31.01.2027", directory.Date{}, false},
		{"a time behind it", "2027-01-31T00:00:00Z", directory.Date{}, false},
		{"white space", " 2027-01-31", directory.Date{}, false},
		{"nothing", "", directory.Date{}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := directory.ParseDate(tt.in)
			if got != tt.want || (err == nil) != tt.ok {
				t.Errorf("ParseDate(%q) = %v, %v, want %v", tt.in, got, err, tt.want)
			}
			if tt.ok && got.String() != tt.in {
				t.Errorf("String() = %q, want %q", got, tt.in)
			}
		})
	}
}

// The day is the one of the time's own zone: at one moment it may be two days.
func TestDateOf(t *testing.T) {
	moment := time.Date(2027, 1, 31, 23, 30, 0, 0, time.UTC)
	if got := directory.DateOf(moment); got != date(2027, 1, 31) {
		t.Errorf("in UTC %v", got)
	}
	if got := directory.DateOf(moment.In(time.FixedZone("Berlin", 3600))); got != date(2027, 2, 1) {
		t.Errorf("in Berlin %v", got)
	}
}

func TestDate_Before(t *testing.T) {
	ordered := []directory.Date{{}, date(2026, 12, 31), date(2027, 1, 1), date(2027, 1, 2), date(2027, 2, 1), date(2028, 1, 1)}
	for i, a := range ordered {
		for j, b := range ordered {
			if got := a.Before(b); got != (i < j) {
				t.Errorf("%v before %v = %v", a, b, got)
			}
		}
	}
}

func TestDate_Plus(t *testing.T) {
	for _, tt := range []struct {
		name string
		from directory.Date
		n    int
		want directory.Date
	}{
		{"into the next month", date(2027, 1, 31), 1, date(2027, 2, 1)},
		{"into the next year", date(2026, 12, 31), 14, date(2027, 1, 14)},
		{"over a leap day", date(2028, 2, 28), 2, date(2028, 3, 1)},
		{"back", date(2027, 3, 1), -1, date(2027, 2, 28)},
		{"not at all", date(2027, 3, 1), 0, date(2027, 3, 1)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.from.Plus(tt.n); got != tt.want {
				t.Errorf("%v plus %d = %v, want %v", tt.from, tt.n, got, tt.want)
			}
		})
	}
}

func TestDate_JSON(t *testing.T) {
	for _, d := range []directory.Date{{}, date(2027, 1, 31)} {
		data, err := json.Marshal(d)
		if err != nil {
			t.Fatal(err)
		}
		if want := `"` + d.String() + `"`; string(data) != want {
			t.Errorf("JSON %s, want %s", data, want)
		}
		var back directory.Date
		if err := json.Unmarshal(data, &back); err != nil || back != d {
			t.Errorf("%v read back as %v, %v", d, back, err)
		}
	}
	var d directory.Date
	if err := json.Unmarshal([]byte(`"2027-02-30"`), &d); err == nil {
		t.Errorf("30 February read as %v", d)
	}
	if !(directory.Date{}).IsZero() || date(2027, 1, 31).IsZero() {
		t.Error("IsZero")
	}
}

func TestDate_Days(t *testing.T) {
	day := func(s string) directory.Date {
		d, err := directory.ParseDate(s)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	for _, tt := range []struct {
		name, from, to string
		want           int
	}{
		{"the same day", "2026-11-22", "2026-11-22", 0},
		{"over the end of a year", "2026-11-22", "2027-01-31", 70},
		{"back", "2026-11-22", "2026-11-01", -21},
		{"over a leap day", "2028-02-28", "2028-03-01", 2},
		{"over a change of the clocks", "2026-03-28", "2026-03-30", 2},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := day(tt.from).Days(day(tt.to)); got != tt.want {
				t.Errorf("%s to %s: %d days, want %d", tt.from, tt.to, got, tt.want)
			}
		})
	}
}
