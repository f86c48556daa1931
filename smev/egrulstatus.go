package smev

import "strconv"

// state tells whether the organisation acts, by СвПрекрЮЛ and by the codes of
// its statuses.
func (o *organization) state() []Result {
	var findings []Result
	if o.terminated {
		findings = append(findings, refuted("egrul_terminated", "Деятельность организации прекращена.", fieldOGRN))
	}
	for _, code := range o.statuses {
		reason := "egrul_status_" + code
		switch statusOf(code) {
		case Refuted:
			findings = append(findings, refuted(reason, "По ЕГРЮЛ организация прекращена или её регистрация недействительна (код статуса "+code+").", fieldOGRN))
		case Confirmed:
			findings = append(findings, confirmed(reason, "Организация меняет место нахождения, уменьшает капитал или реорганизуется (код статуса "+code+")."))
		case Inconclusive:
			findings = append(findings, inconclusive(reason, "Состояние организации по ЕГРЮЛ требует рассмотрения оператором (код статуса "+code+").", fieldOGRN))
		}
	}
	return findings
}

// statusOf says what a code, of digits, of the classifier of the states of
// legal persons (СЮЛСТ) means for the question whether the organisation acts.
// The schema explains 101, 105, 111, 112, 121 to 199, 701, 702 and 801; the
// others are those of public descriptions of the register.
func statusOf(code string) Outcome {
	n, _ := strconv.Atoi(code)
	switch {
	case n == 111 || n == 112: // decreases its capital, moves
		return Confirmed
	case n >= 121 && n <= 199: // is being reorganised
		return Confirmed
	case n >= 201 && n <= 699: // has ceased: liquidated, reorganised, excluded
		return Refuted
	case n == 701 || n == 702 || n == 801 || n == 802: // its registration is void or was a mistake
		return Refuted
	}
	// 101 liquidation, 105 to 107 exclusion decided upon, 113 to 117
	// bankruptcy, and codes that are not known.
	return Inconclusive
}
