using System.Diagnostics.CodeAnalysis;
using System.Net;
using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Routing;

namespace ActorSockets.Actors.Security;

/// <summary>Who is banned: an address range or a user. Text form <c>ip:203.0.113.0/24</c> or <c>user:{hub}/{id}</c>.</summary>
public sealed record BanSubject
{
    private BanSubject(IPNetwork? network, UserKey? user) => (Network, User) = (network, user);

    /// <summary>What <see cref="TryParse"/> accepts, for error messages.</summary>
    public const string Allowed = "ip:ADDRESS, ip:ADDRESS/PREFIX (no host bits set) or user:HUB/ID";

    /// <summary>The address range, or null.</summary>
    public IPNetwork? Network { get; }

    /// <summary>The user, or null.</summary>
    public UserKey? User { get; }

    /// <summary>A ban of an address range.</summary>
    public static BanSubject Of(IPNetwork network) => new(network, null);

    /// <summary>A ban of a user.</summary>
    public static BanSubject Of(UserKey user) => new(null, user);

    /// <summary>Reads the text form.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out BanSubject? subject)
    {
        subject = null;
        if (text is null) return false;
        if (text.StartsWith("ip:", StringComparison.Ordinal))
        {
            if (AddressRange.TryParseWithSingle(text[3..], out var network)) subject = Of(network);
        }
        else if (text.StartsWith("user:", StringComparison.Ordinal))
        {
            var slash = text.IndexOf('/', 5);
            if (slash > 5 && slash < text.Length - 1)
                subject = Of(new UserKey(HubName.Key(text[5..slash]), text[(slash + 1)..]));
        }

        return subject is not null;
    }

    /// <inheritdoc/>
    public override string ToString() => Network is { } network ? $"ip:{network}" : $"user:{User}";
}
