using System.Text;
using System.Text.Json;
using ActorSockets.Actors;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace ActorSockets.AspNetCore.Upgrade;

/// <summary>Makes client tokens: for the data plane, the try page in Development, and tests. Most applications make their own with an SDK.</summary>
internal sealed class ClientTokenIssuer(string accessKey, TimeProvider time)
{
    private readonly JsonWebTokenHandler _handler = new();
    private readonly SigningCredentials _credentials = new(new SymmetricSecurityKey(Encoding.UTF8.GetBytes(accessKey)), SecurityAlgorithms.HmacSha256);

    /// <param name="endpoint">The name the client will use, e.g. <c>http://127.0.0.1:8080</c>.</param>
    /// <param name="hub">The hub the token is for.</param>
    /// <param name="userId">Null for an anonymous user.</param>
    /// <param name="lifetime">From now to <c>exp</c>.</param>
    /// <param name="roles">What the client may do.</param>
    /// <param name="groups">Where it is from its first moment.</param>
    internal string Issue(string endpoint, string hub, string? userId, TimeSpan lifetime, IReadOnlyList<string>? roles = null, IReadOnlyList<string>? groups = null) =>
        Issue([endpoint], hub, userId, lifetime, roles ?? [], groups ?? []);

    /// <param name="endpoints">The names that the client may use.</param>
    /// <param name="hub">The hub the token is for.</param>
    /// <param name="userId">Null or empty for an anonymous user.</param>
    /// <param name="lifetime">From now to <c>exp</c>.</param>
    /// <param name="roles">What the client may do.</param>
    /// <param name="groups">Where it is from its first moment.</param>
    internal string Issue(
        IReadOnlyList<string> endpoints, string hub, string? userId, TimeSpan lifetime, IReadOnlyCollection<string> roles, IReadOnlyCollection<string> groups)
    {
        string[] audiences = [.. endpoints.Select(endpoint => $"{endpoint.TrimEnd('/')}/client/hubs/{Uri.EscapeDataString(hub)}")];
        var now = time.GetUtcNow();
        var claims = new Dictionary<string, object>
        {
            ["aud"] = audiences.Length == 1 ? audiences[0] : audiences,
            ["iat"] = now.ToUnixTimeSeconds(),
            ["exp"] = (now + lifetime).ToUnixTimeSeconds(),
            ["jti"] = Guid.NewGuid().ToString("N"),
        };
        if (!string.IsNullOrEmpty(userId)) claims["sub"] = userId;
        if (roles.Count > 0) claims[Compat.RoleClaim] = roles;
        if (groups.Count > 0) claims[Compat.GroupClaim] = groups;
        return _handler.CreateToken(JsonSerializer.Serialize(claims), _credentials);
    }
}
