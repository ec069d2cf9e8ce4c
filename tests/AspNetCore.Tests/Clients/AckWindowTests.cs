using ActorSockets.AspNetCore.Clients;
using CsCheck;

namespace ActorSockets.AspNetCore.Tests.Clients;

public sealed class AckWindowTests
{
    [Fact]
    public void Remembers_the_last_thousand_in_order_of_success() =>
        Gen.ULong.Array[0, 3000].Sample(
            ids =>
            {
                var distinct = ids.Distinct().ToArray();
                var window = new AckWindow();
                foreach (var id in distinct) window.Add(id);
                var forgotten = Math.Max(0, distinct.Length - AckWindow.Size);
                return distinct.Skip(forgotten).All(window.Contains) && !distinct.Take(forgotten).Any(window.Contains);
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
