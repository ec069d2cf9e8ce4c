using ActorSockets.Actors.Sessions;
using CsCheck;

namespace ActorSockets.Actors.Tests.Sessions;

public sealed class AckWindowTests
{
    [Fact]
    public void Remembers_the_last_ones_in_order_of_success_also_when_it_is_made_again() =>
        Gen.Select(Gen.Int[1, 1200], Gen.ULong.Array[0, 3000]).Sample(
            (size, ids) =>
            {
                var distinct = ids.Distinct().ToArray();
                var window = new AckWindow(size);
                foreach (var id in distinct) window.Add(id);
                var remembered = distinct.Skip(Math.Max(0, distinct.Length - size)).ToArray();
                var again = new AckWindow(size);
                foreach (var id in window.Capture()) again.Add(id);
                return window.Capture().SequenceEqual(remembered)
                    && again.Capture().SequenceEqual(remembered)
                    && remembered.All(window.Contains)
                    && !distinct.Take(distinct.Length - remembered.Length).Any(window.Contains);
            },
            iter: 50);

    [Fact]
    public void Zero_is_an_id_like_any_other()
    {
        var window = new AckWindow();
        Assert.False(window.Contains(0));
        window.Add(7);
        Assert.False(window.Contains(0));
        window.Add(0);
        Assert.True(window.Contains(0));
    }
}
