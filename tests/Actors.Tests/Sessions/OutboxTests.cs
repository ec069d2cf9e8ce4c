using System.Text;
using ActorSockets.Actors.Sessions;
using CsCheck;

namespace ActorSockets.Actors.Tests.Sessions;

public sealed class OutboxTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Holds_what_was_said_and_not_acknowledged_in_order_under_ids_without_a_gap() =>
        Gen.Select(Gen.Bool, Gen.Int[0, 40]).Array[0, 200].Sample(steps =>
        {
            var outbox = new Outbox();
            var model = new List<(ulong Id, int Length)>();
            ulong said = 0;
            foreach (var (adds, number) in steps)
            {
                if (adds)
                {
                    Assert.Equal(++said, outbox.Add(new byte[number]).Id);
                    model.Add((said, number));
                }
                else
                {
                    var isSaid = (ulong)number <= said;
                    Assert.Equal(isSaid, outbox.Acknowledge((ulong)number));
                    if (isSaid) model.RemoveAll(m => m.Id <= (ulong)number);
                }

                Assert.Equal(model, outbox.Unacknowledged.Select(f => (f.Id, f.Body.Length)));
                Assert.Equal((said + 1, model.Count, model.Sum(m => (long)m.Length)), (outbox.NextId, outbox.Count, outbox.Bytes));
            }

            var again = new Outbox(outbox.NextId, outbox.Unacknowledged);
            Assert.Equal(outbox.Unacknowledged, again.Unacknowledged);
            Assert.Equal((outbox.NextId, outbox.Bytes, said + 1), (again.NextId, again.Bytes, again.Add(default).Id));
        });

    [Fact]
    public void Is_full_when_either_bound_is_reached()
    {
        var outbox = new Outbox();
        outbox.Add(new byte[9]);
        Assert.False(outbox.IsFull(2, 10));
        Assert.True(outbox.IsFull(1, 10));
        outbox.Add(new byte[1]);
        Assert.True(outbox.IsFull(3, 10));
        outbox.Acknowledge(1);
        Assert.False(outbox.IsFull(3, 10));
    }

    [Fact]
    public void Lets_go_of_what_has_expired_and_keeps_the_order_of_the_rest()
    {
        var outbox = new Outbox();
        foreach (var seconds in new int?[] { null, 1, 5, 2, null })
            outbox.Add(new byte[2], seconds is { } s ? Now.AddSeconds(s) : null);

        Assert.Equal(2, outbox.DropExpired(Now.AddSeconds(2)));

        Assert.Equal([1UL, 3, 5], outbox.Unacknowledged.Select(f => f.Id));
        Assert.Equal((6L, 6UL), (outbox.Bytes, outbox.NextId));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1000)]
    [InlineData(ulong.MaxValue)]
    public void A_frame_says_its_id_first_and_then_what_all_others_get(ulong id)
    {
        var frame = new QueuedFrame(id, """{"type":"message","from":"server","dataType":"json","data":{"a" :1}}"""u8.ToArray(), Now).ToMessage();

        Assert.Equal($$$"""{"sequenceId":{{{id}}},"type":"message","from":"server","dataType":"json","data":{"a" :1}}""", Encoding.UTF8.GetString(frame.Payload.Span));
        Assert.True(frame.IsText && frame.Kept);
        Assert.Equal(Now, frame.ExpiresAt);
    }
}
