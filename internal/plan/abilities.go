package plan

// split separates what the API of this instance can do from what a person has to do by hand. It asks abilities alone: a
// kind that is missing makes the whole action a manual step, a field that can't be written makes one of that field.
func (b *builder) split(actions []Action) (doable []Action, manual []ManualStep) {
	manual = []ManualStep{}
	byHand := func(a Action) {
		if a.Detail == "" {
			a.Detail = b.caps.Why[a.Kind]
		}
		manual = append(manual, ManualStep{Action: a, Where: b.caps.Where[a.Kind]})
	}
	for _, a := range actions {
		if !b.caps.Kinds[a.Kind] {
			byHand(a)
			continue
		}
		if !a.Kind.OnUser() {
			doable = append(doable, a)
			continue
		}
		var can, cannot []FieldChange
		for _, f := range a.Fields {
			if b.caps.Writable[f.Field] {
				can = append(can, f)
			} else {
				cannot = append(cannot, f)
			}
		}
		if len(cannot) > 0 {
			step := a
			step.Fields = cannot
			byHand(step)
			a.Fields = can
		}
		if len(a.Fields) > 0 {
			doable = append(doable, a)
		}
	}
	sortManual(manual)
	return doable, manual
}
