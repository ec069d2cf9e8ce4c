using ActorSockets.AspNetCore.Upstream;

namespace ActorSockets.AspNetCore.Tests.Upstream;

public sealed class UpstreamSessionTests
{
    [Fact]
    public void Goes_on_elsewhere_with_its_state_and_its_numbers()
    {
        var session = new UpstreamSession();
        session.Take(new UpstreamReply(200, null, default, "opaque \u00fc"));
        session.NextId();
        session.NextId();

        var again = UpstreamSession.Restore(session.Save());

        Assert.Equal(("opaque \u00fc", 3L), (again.State, again.NextId()));
        Assert.Equal((null, 1L), (UpstreamSession.Restore(null).State, UpstreamSession.Restore(null).NextId()));
    }
}
