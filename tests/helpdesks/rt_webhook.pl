# The body of a Request Tracker scrip ("On Transaction", stage TransactionBatch): posts one signed event
# for each batch of transactions, from a detached child, so that no user waits for the receiver.
# RT has no webhooks of its own. Address and secret come from the server's environment.
my ($url, $secret) = @ENV{qw(HOOK_URL HOOK_SECRET)};
return 1 unless $url;
require JSON; require LWP::UserAgent; require Digest::SHA; require POSIX;
my $ticket = $self->TicketObj;
my $batch  = $ticket->TransactionBatch;
my @batch  = $batch && @$batch ? @$batch : ($self->TransactionObj);
my @transactions = map { {
    id => $_->id + 0, type => $_->Type, field => $_->Field, old => $_->OldValue, new => $_->NewValue,
    actor => $_->CreatorObj->Name, created => $_->CreatedObj->W3CDTF(Timezone => 'UTC'),
} } @batch;
my $delivery = 'rt-txn-' . $transactions[-1]{id};
my $body = JSON->new->utf8->canonical->encode({
    event => (grep { $_->{type} eq 'Create' } @transactions) ? 'ticket.created' : 'ticket.updated',
    delivery => $delivery,
    ticket => { id => $ticket->id + 0, queue => $ticket->QueueObj->Name, status => $ticket->Status,
                updated => $ticket->LastUpdatedObj->W3CDTF(Timezone => 'UTC') },
    transactions => \@transactions,
});
my $time = time;
my $signature = Digest::SHA::hmac_sha256_hex("$time.$body", $secret // '');
my $child = fork;
return 1 unless defined $child;
if ($child) { waitpid $child, 0; return 1 }
POSIX::_exit(0) if fork;                    # the grandchild belongs to nobody and is waited for by init
POSIX::close($_) for 3 .. 255;              # let go of the listening socket, the client and the database
my $agent = LWP::UserAgent->new(timeout => 5, agent => 'RT-Webhook-Scrip/1');
for my $attempt (1 .. 3) {
    sleep $attempt - 1;
    my $answer = $agent->post($url, 'Content-Type' => 'application/json', 'X-Webhook-Timestamp' => $time,
        'X-Webhook-Attempt' => $attempt, 'X-Webhook-Delivery' => $delivery,
        'X-Webhook-Signature' => "sha256=$signature", Content => $body);
    last if $answer->is_success or $answer->code == 400 or $answer->code == 401;
}
POSIX::_exit(0);
