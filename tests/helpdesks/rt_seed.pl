# Fills a new Request Tracker from the JSON on standard input; prints the API tokens as JSON.
# {"queues": [...], "levels": [...], "channels": [...], "webhook": "the scrip's code"}
use strict; use warnings; use JSON; use RT -init;
my $seed = do { local $/; JSON->new->utf8->decode(<STDIN>) };
my $root = RT->SystemUser;

sub must { my ($what, $ok, $why) = @_; die "$what: " . ($why // '?') . "\n" unless $ok; $ok }

sub user {
    my ($name, %more) = @_;
    my $user = RT::User->new($root);
    must("user $name", $user->Create(Name => $name, Privileged => 1, %more));
    return $user;
}

sub field {
    my ($name, $type, $most, @values) = @_;
    my $field = RT::CustomField->new($root);
    must("field $name", $field->Create(Name => $name, LookupType => RT::Ticket->CustomFieldLookupType,
        Type => $type, MaxValues => $most));
    $field->AddValue(Name => $_) for @values;
    $field->AddToObject(RT::Queue->new($root));
}

my $paidan   = user('paidan', EmailAddress => 'paidan@helpdesk.invalid');
my $agent    = user('agent', EmailAddress => 'agent@helpdesk.invalid');
my $resident = user('resident', EmailAddress => 'resident@outside.invalid', Privileged => 0);

my $staff = RT::Group->new($root);
must('group', $staff->CreateUserDefinedGroup(Name => 'Staff'));
$staff->AddMember($_->PrincipalId) for $paidan, $agent;
$staff->PrincipalObj->GrantRight(Right => $_, Object => RT->System) for qw(
    SeeQueue ShowTicket ShowTicketComments ShowOutgoingEmail CreateTicket ModifyTicket CommentOnTicket
    ReplyToTicket OwnTicket TakeTicket StealTicket ReassignTicket SeeCustomField ModifyCustomField
    SetInitialCustomField SeeGroup Watch);
my $everyone = RT::Group->new($root);
$everyone->LoadSystemInternalGroup('Everyone');
$everyone->PrincipalObj->GrantRight(Right => $_, Object => RT->System)
    for qw(SeeQueue CreateTicket ShowTicket ReplyToTicket SeeCustomField SetInitialCustomField);

for my $name (@{ $seed->{queues} }) {
    my $queue = RT::Queue->new($root);
    must("queue $name", $queue->Create(Name => $name, SLADisabled => 0));
    $queue->SetSLADisabled(0);
}
field('Response Level', 'Select', 1, @{ $seed->{levels} });
field('Channel', 'Select', 1, @{ $seed->{channels} });
field('Region', 'Freeform', 1);
field('Tags', 'Freeform', 0);
field('Routing Run', 'Freeform', 1);

must('scrip', RT::Scrip->new($root)->Create(Description => 'Webhook', ScripCondition => 'On Transaction',
    ScripAction => 'User Defined', Template => 'Blank', CustomPrepareCode => 'return 1;',
    CustomCommitCode => $seed->{webhook}, Queue => 0, Stage => 'TransactionBatch'));

my %tokens;
for my $owner ($paidan, $agent, $resident) {
    my ($id, $why, $token) = RT::AuthToken->new($root)->Create(Owner => $owner->id, Description => 'tests');
    must('token', $id, $why);
    $tokens{ $owner->Name } = $token;
}
print JSON->new->encode(\%tokens), "\n";
