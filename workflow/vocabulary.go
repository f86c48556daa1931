package workflow

// The strings below are stored with every request: once released, a name is
// never changed and never given another meaning. An embedder adds names of its
// own by writing them.

// States, in the order a request usually meets them. Processes give them their
// titles, since each seed calls the same thing differently.
const (
	Draft              State = "draft"                // the form is open for editing
	FormFilled         State = "form_filled"          // the form is valid and consent given
	DocumentsPending   State = "documents_pending"    // required documents are still missing
	AutoCheck          State = "auto_check"           // inquiries to state registers are out
	ManualCheck        State = "manual_check"         // the registers gave no answer a machine may act on
	AgentReview        State = "agent_review"         // the agent checks form and papers
	ReadyForReview     State = "ready_for_review"     // checked by the agent, waiting for the authority
	CAReview           State = "ca_review"            // the authority checks the documents
	Rework             State = "rework"               // returned to the applicant by the first reviewer
	AgentRework        State = "agent_rework"         // returned to the agent by the authority
	Approved           State = "approved"             // everything is checked and may be carried out
	AwaitingVisit      State = "awaiting_visit"       // the applicant is invited in person
	Identified         State = "identified"           // originals were shown, the person is known
	MarkerReady        State = "marker_ready"         // the marker is printed and not yet handed out
	KeyGeneration      State = "key_generation"       // key pair and certificate request are to be made
	AgentKeyGeneration State = "agent_key_generation" // the same, by the agent in the owner's presence
	RequestSubmitted   State = "request_submitted"    // the certificate request is verified, papers are being printed
	SigningApplication State = "signing_application"  // the application is to be signed
	ApplicationReview  State = "application_review"   // the signed application is being checked
	ApplicationRework  State = "application_rework"   // the signed application has to be corrected
	PhotoReview        State = "photo_review"         // the owner's photograph is being checked
	PhotoRework        State = "photo_rework"         // the photograph has to be taken again
	Issuing            State = "issuing"              // handed over to the certification authority
	Issued             State = "issued"               // the certificate arrived and matches the request
	CertificateAck     State = "certificate_ack"      // the owner has to acknowledge the content
	AckReview          State = "ack_review"           // the signed certificate sheet is being checked
	AckRework          State = "ack_rework"           // the certificate sheet has to be signed again
	Writing            State = "writing"              // the certificate is to be written beside its key
	Handover           State = "handover"             // the agent hands over medium and paper certificate
	OriginalsPending   State = "originals_pending"    // the certificate works, the papers travel to the authority
	OriginalsOverdue   State = "originals_overdue"    // the papers did not arrive in time
	Suspending         State = "suspending"           // the authority is asked to put the certificate on hold
	Suspended          State = "suspended"            // the certificate is on hold
	Resuming           State = "resuming"             // the authority is asked to end the hold
	Revoking           State = "revoking"             // the authority is asked to revoke the certificate
	Completed          State = "completed"            // handed over and active
	Resumed            State = "resumed"              // the certificate is in force again
	Revoked            State = "revoked"              // the certificate is revoked
	Rejected           State = "rejected"             // refused with a reason
	Cancelled          State = "cancelled"            // withdrawn by the applicant
	Expired            State = "expired"              // nobody acted in time
)

// Roles. Registers, the mobile app and the key workstation are no roles: what
// they say is recorded as evidence, and System acts on it.
const (
	Applicant     Role = "applicant"      // the future owner, or whoever fills in the form for him
	ApplicantRep  Role = "applicant_rep"  // a representative with a power of attorney
	Agent         Role = "agent"          // a partner office: papers, identification, handover
	ServiceCentre Role = "service_centre" // invoices, forwards forms and decisions, sees originals
	CAOperator    Role = "ca_operator"    // decides for the certification authority
	DocDept       Role = "doc_dept"       // checks signed papers, photographs, certificate sheets
	TaxOffice     Role = "tax_office"     // identifies heads of companies and sole traders in person
	System        Role = "system"         // the engine itself
)

// Events of the form, the registers and the reviewers.
const (
	Register         Event = "register"           // the app is set up under a confirmed state account
	ChooseKind       Event = "choose_kind"        // the kind of certificate is chosen
	Submit           Event = "submit"             // the form is complete
	CreateForm       Event = "create_form"        // the service centre opens the request for documents
	SubmitDocuments  Event = "submit_documents"   // the scans are complete
	Amend            Event = "amend"              // the form has to change; what was built on it falls
	Confirm          Event = "confirm"            // the registers confirm
	Deny             Event = "deny"               // a register refutes
	AskHuman         Event = "ask_human"          // a register cannot tell, or not in time
	Recheck          Event = "recheck"            // ask the registers again
	ApproveCheck     Event = "approve_check"      // an operator vouches for what the registers did not confirm
	Endorse          Event = "endorse"            // the agent finds form and papers in order
	Take             Event = "take"               // an operator takes the request to review
	Approve          Event = "approve"            // a reviewer accepts
	Return           Event = "return"             // a reviewer sends back what can be corrected
	ReturnDocuments  Event = "return_documents"   // a reviewer sends back the documents, not the application
	Resubmit         Event = "resubmit"           // the corrections are made
	Reopen           Event = "reopen"             // an operator lets the owner make a new certificate request
	Invite           Event = "invite"             // the applicant is asked to come
	Identify         Event = "identify"           // the person came and is who he says
	PrepareMarker    Event = "prepare_marker"     // the agent has the marker printed
	GiveMarker       Event = "give_marker"        // the marker goes to the owner, against signature
	KeepMarker       Event = "keep_marker"        // the agent keeps the marker, to make the keys himself
	WithdrawMarker   Event = "withdraw_marker"    // the marker is lost, guessed at or out of time
	OpenKeys         Event = "open_keygen"        // keys may be made from now on
	SubmitRequest    Event = "submit_request"     // the certificate request is handed in
	Printed          Event = "printed"            // the papers of this step are made
	SubmitPapers     Event = "submit_papers"      // scans of the signed papers are handed in
	Accept           Event = "accept"             // nothing is missing for the authority to issue
	Declined         Event = "declined"           // the owner declined to sign in the app
	Resend           Event = "resend"             // send the package to the app again
	Issue            Event = "issue"              // the authority issued what was asked for
	RefuseByCA       Event = "refuse_by_ca"       // the authority refused
	Mismatch         Event = "mismatch"           // the authority issued something else
	Acknowledge      Event = "acknowledge"        // the owner's acknowledgement is accepted
	Written          Event = "written"            // the certificate is beside its key
	ReadyForHandover Event = "ready_for_handover" // the papers are made, and the owner collects at the agent's
	HandOver         Event = "hand_over"          // the owner holds medium and paper
	ReceiveOriginals Event = "receive_originals"  // the authority has the papers
	Enforce          Event = "enforce"            // the authority acts on a court's decision or a duty, asking nobody
	Suspend          Event = "suspend"            // the register of certificates shows the hold
	Resume           Event = "resume"             // the register of certificates shows that the hold is over
	Revoke           Event = "revoke"             // the register of certificates shows the certificate revoked
)

// Events that may come at any time.
const (
	Revert   Event = "revert"   // the key is lost: a new one is made
	Cancel   Event = "cancel"   // the applicant withdraws
	Reject   Event = "reject"   // the authority refuses for good
	Expire   Event = "expire"   // the applicant did not act in time
	Escalate Event = "escalate" // we, or the authority, did not act in time
	Remind   Event = "remind"   // somebody did not act in time and is asked again
	Overdue  Event = "overdue"  // papers did not arrive in time
)

// Evidence of the twelve invariants, in their order.
const (
	FormValid               Evidence = "form_valid"               // I1: every field is filled, well formed, and consent given
	RegistersConfirmed      Evidence = "registers_confirmed"      // I2: the data is true
	DocumentsAccepted       Evidence = "documents_accepted"       // I3: a person accepted every required document
	IdentityProofed         Evidence = "identity_proofed"         // I4: the person is identified in a way the law allows
	RequestVerified         Evidence = "request_verified"         // I5: possession proven, subject as in the form, key fresh
	ApplicationAccepted     Evidence = "application_accepted"     // I6: the application is signed by the owner and accepted
	PaymentSettled          Evidence = "payment_settled"          // I7: paid, or nothing to pay
	AuthorityConfirmed      Evidence = "authority_confirmed"      // I8: register, power of attorney, or acting for oneself
	CertificateMatches      Evidence = "certificate_matches"      // I9: key, subject and chain of the issued certificate hold
	AcknowledgementAccepted Evidence = "acknowledgement_accepted" // I10: the owner signed for the content
	CertificateInstalled    Evidence = "certificate_installed"    // I11: written and read back
	DutiesSeparated         Evidence = "duties_separated"         // I12: acceptance and upload were different hands
)

// Evidence about the data and the documents.
const (
	RegistersPositive Evidence = "registers_positive" // every required register confirmed
	RegisterRefuted   Evidence = "register_refuted"   // at least one register contradicts the form
	CheckOverride     Evidence = "check_override"     // an operator confirmed by other means, and said by which
	DocumentsComplete Evidence = "documents_complete" // nothing on the list of documents is missing or refused
	PassportScan      Evidence = "passport_scan"      // scan of the passport spread with the photograph
	SNILSScan         Evidence = "snils_scan"         // scan of the insurance number certificate
	OwnerPhoto        Evidence = "owner_photo"        // photograph of the owner at the visit
	ExecutorPhone     Evidence = "executor_phone"     // phone of the employee who will request the certificate
	ApprovalsComplete Evidence = "approvals_complete" // as many persons as Process.Approvals approved the same content
	RejectionReason   Evidence = "rejection_reason"   // why the request is refused for good
	ReturnReason      Evidence = "return_reason"      // what is to be corrected, item by item
)

// Evidence about the application.
const (
	ApplicationPrinted  Evidence = "application_printed"         // the application and the request form are made
	ApplicationSigned   Evidence = "application_signed"          // the application carries the owner's signature
	SignedOnPaper       Evidence = "application_signed_paper"    // by pen; the scan is here
	SignedByOldKey      Evidence = "application_signed_old_cert" // by a certificate the owner has, which is to be renewed or revoked
	KeyPhraseGiven      Evidence = "key_phrase_given"            // by the key phrase of the application, to stop a key at once
	ApplicationScan     Evidence = "application_scan"            // colour scan of the application signed by pen
	RequestScan         Evidence = "request_scan"                // colour scan of the certificate request signed by pen
	ApplicationOriginal Evidence = "application_original"        // no paper is owed for the application
	ApplicationReceived Evidence = "application_received"        // its paper original was brought
)

// Evidence of the app and of the visit.
const (
	ESIAConfirmed   Evidence = "esia_confirmed"   // the state account is a confirmed one
	ConsentGiven    Evidence = "consent_given"    // the person agreed to the transfer of the account's data
	PhoneConfirmed  Evidence = "phone_confirmed"  // the code sent to the account's phone came back
	LicenceAccepted Evidence = "licence_accepted" // the licence of the app is accepted
	EntropyReady    Evidence = "entropy_ready"    // the app has collected its random numbers
	UNEPPresent     Evidence = "unep_present"     // the app holds the person's non-qualified certificate
	OriginalsShown  Evidence = "originals_shown"  // originals of all declared documents were seen
	PassportShown   Evidence = "passport_shown"   // the passport that was scanned was seen
	SNILSShown      Evidence = "snils_shown"      // the insurance certificate that was scanned was seen
)

// Evidence of delivery.
const (
	DeliveryOwn         Evidence = "delivery_own_workplace" // the owner makes the keys at home
	DeliveryAgent       Evidence = "delivery_at_agent"      // the agent makes the keys for him to take away
	MarkerReceipt       Evidence = "marker_receipt"         // the owner signed for marker and instruction
	MarkerAccepted      Evidence = "marker_accepted"        // the key workstation showed the right marker in time
	CertificatePrinted  Evidence = "certificate_printed"    // the certificate sheet is made
	CertificateScan     Evidence = "certificate_scan"       // scan of the sheet signed by the owner
	StampNumber         Evidence = "stamp_number"           // the numbered stamp on the paper certificate
	MediumHandedOver    Evidence = "medium_handed_over"     // the owner took the medium
	OriginalsDispatched Evidence = "originals_dispatched"   // the agent posted the papers
	OriginalsReceived   Evidence = "originals_received"     // the authority reconciled the papers
)

// Evidence about a certificate that exists.
const (
	PredecessorValid     Evidence = "predecessor_valid"     // the certificate to be renewed is in force, and the form says what it says
	PredecessorUnfit     Evidence = "predecessor_unfit"     // it is not in force any more, or says something else
	EnforcementGround    Evidence = "enforcement_ground"    // the court's decision or the duty on which the authority acts
	CertificateSuspended Evidence = "certificate_suspended" // the register of certificates shows the hold
	CertificateResumed   Evidence = "certificate_resumed"   // the register of certificates shows that the hold is over
	CertificateRevoked   Evidence = "certificate_revoked"   // the register of certificates shows the certificate revoked
)

// Effects. The engine that runs a process must know every one it names.
const (
	SendLink            Effect = "send_link"             // mint the individual link and mail it
	SendInvoice         Effect = "send_invoice"          // invoice for a new certificate or a renewal
	SendPack            Effect = "send_pack"             // questionnaire, sample powers of attorney, instructions
	SendInstruction     Effect = "send_instruction"      // how to do the next step
	SendSMS             Effect = "send_sms"              // text message to the executor's phone
	NotifyApplicant     Effect = "notify_applicant"      // tell the applicant what is next
	NotifyAgent         Effect = "notify_agent"          // tell the agent what is next
	NotifyServiceCentre Effect = "notify_service_centre" // tell the service centre what is next
	NotifyOperator      Effect = "notify_operator"       // give the authority's operators a task
	NotifyDocDept       Effect = "notify_doc_dept"       // give the document department a task
	AskRegisters        Effect = "ask_registers"         // inquiries to state registers; records positive or refuted
	PrintInvoice        Effect = "print_invoice"         // invoice with contract, or invoice as offer
	PrintDocumentList   Effect = "print_document_list"   // list of documents this owner has to bring
	PrintApplication    Effect = "print_application"     // application and request form; records application_printed
	SignApplication     Effect = "sign_application"      // package to the mobile app; records what came back
	IssueMarker         Effect = "issue_marker"          // have the marker printed, with its instruction
	RevokeMarker        Effect = "revoke_marker"         // make the marker worthless
	CreateKey           Effect = "create_key"            // ask the mobile app for a key pair and a request
	SendToCA            Effect = "send_to_ca"            // hand the request over; records certificate_matches
	PrintCertificate    Effect = "print_certificate"     // certificate sheet; records certificate_printed
	SignAcknowledgement Effect = "sign_acknowledgement"  // certificate sheet to the mobile app; records what came back
	RevokeCertificate   Effect = "revoke_certificate"    // ask the authority to revoke
	SuspendCertificate  Effect = "suspend_certificate"   // ask the authority to suspend
	ResumeCertificate   Effect = "resume_certificate"    // lift a suspension, if there is one
	CheckPredecessor    Effect = "check_predecessor"     // is the certificate to be renewed in force; records predecessor_valid or predecessor_unfit
	WatchCertificate    Effect = "watch_certificate"     // look at a certificate on hold until the request ends; records certificate_revoked or certificate_resumed
)
