# A rule as administrators of Request Tracker write them: a scrip "On Create" that reads the number of people,
# moves the ticket, raises it and says why. It works only where NATIVE_RULE is set in the server's environment.
use strict; use warnings; use RT -init;
my $code = <<'PERL';
return 1 unless $ENV{NATIVE_RULE};
use utf8;
my $ticket = $self->TicketObj;
my $text = $self->TransactionObj->Content // '';
utf8::decode($text) unless utf8::is_utf8($text);
my ($people) = $text =~ /(\d+)\s*人/ or return 1;
my ($level, $priority) = $people >= 500 ? ('特别重大', 90) : $people >= 200 ? ('重大', 70)
                       : $people >= 50  ? ('较大', 50)     : ('一般', 30);
$ticket->SetQueue('现场处置组');
$ticket->SetPriority($priority);
$ticket->AddCustomFieldValue(Field => 'Response Level', Value => $level);
$ticket->AddCustomFieldValue(Field => 'Tags', Value => 'mass_visit');
$ticket->Comment(Content => "$people 人，$level，移交现场处置组");
return 1;
PERL
my ($ok, $why) = RT::Scrip->new(RT->SystemUser)->Create(Description => 'Own rule', ScripCondition => 'On Create',
    ScripAction => 'User Defined', Template => 'Blank', CustomPrepareCode => 'return 1;',
    CustomCommitCode => $code, Queue => 0, Stage => 'TransactionBatch');
die "scrip: $why\n" unless $ok;
