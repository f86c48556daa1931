package goskey

import (
	"errors"
	"fmt"
	"slices"
)

// Stage is what a phone waits for.
type Stage string

// Stages, in their order.
const (
	AtLogin          Stage = "login"          // installed; the portal's login and password
	AtCode           Stage = "code"           // the code from the SMS
	AtLicence        Stage = "licence"        // the licence's acceptance
	AtPassword       Stage = "password"       // a password for the application
	AtEntropy        Stage = "entropy"        // random numbers
	AtUNEP           Stage = "unep"           // the unqualified certificate's confirmation
	AtIdentification Stage = "identification" // signs by the unqualified one; identification for the qualified one
	AtUKEP           Stage = "ukep"           // the qualified certificate's confirmation
	Ready            Stage = "ready"          // signs by both
	Displaced        Stage = "displaced"      // the person registered another phone; final
)

// titles are the words of the application for its stages (seeds 000 and 001).
var titles = map[Stage]string{
	AtLogin:          "Введите логин и пароль портала Госуслуг и подтвердите передачу данных",
	AtCode:           "Введите код из СМС, полученного на номер, указанный в учётной записи Госуслуг",
	AtLicence:        "Примите условия лицензионного соглашения",
	AtPassword:       "Установите пароль",
	AtEntropy:        "Сгенерируйте случайные числа для работы приложения",
	AtUNEP:           "Подтвердите получение сертификата УНЭП ФЛ",
	AtIdentification: "Пройдите идентификацию одним из способов",
	AtUKEP:           "Подтвердите получение сертификата УКЭП",
	Ready:            "Приложение готово к подписанию",
	Displaced:        "Приложение зарегистрировано на другом телефоне",
}

// Title is what the person reads, in Russian.
func (s Stage) Title() string { return titles[s] }

// StageError says that a phone waits for something else.
type StageError struct {
	Act   string // what was tried
	Stage Stage  // where the phone is
}

func (e *StageError) Error() string {
	return fmt.Sprintf("goskey: %s: the phone is at stage %s", e.Act, e.Stage)
}

// Reasons why the application refuses.
var (
	ErrLogin         = errors.New("goskey: wrong login or password of the portal")
	ErrConsent       = errors.New("goskey: the transfer of the account's data is not agreed to")
	ErrUnconfirmed   = errors.New("goskey: the account at the portal is not a confirmed one")
	ErrWeakPassword  = errors.New("goskey: a password has at least eight characters")
	ErrPassword      = errors.New("goskey: wrong password of the application")
	ErrLocked        = errors.New("goskey: the application is locked")
	ErrNotIdentified = errors.New("goskey: this does not show who the person is")
	ErrPending       = errors.New("goskey: the certificate is still being made")
	ErrRefused       = errors.New("goskey: the authority refuses a certificate")
	ErrNoCertificate = errors.New("goskey: the phone has no certificate of the level asked for")
	ErrOtherKey      = errors.New("goskey: the certificate is not for this key and subject")
	ErrNotWaiting    = errors.New("goskey: it does not wait for this person")
	ErrNotViewed     = errors.New("goskey: the documents were not viewed")
	ErrNotChecked    = errors.New("goskey: «Я проверил документы» is not ticked")
)

// at reports whether the phone is at one of the stages.
func (p *Phone) at(act string, stages ...Stage) error {
	if !slices.Contains(stages, p.stage) {
		return &StageError{Act: act, Stage: p.stage}
	}
	return nil
}
