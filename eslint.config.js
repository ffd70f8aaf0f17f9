import tseslint from 'typescript-eslint'

const secretNames = '/(secret|password|token|hash|signature|apiKey|userKey|appKey)$/i'

export default tseslint.config(
  { ignores: ['node_modules', '.next', 'dist', 'lib/db/generated', 'next-env.d.ts', '.data', 'coverage', 'test-results'] },
  ...tseslint.configs.recommended,
  {
    rules: {
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrors: 'none', ignoreRestSiblings: true }],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'separate-type-imports' }],
      'no-console': 'error',
      eqeqeq: ['error', 'smart'],
      'no-restricted-syntax': [
        'error',
        // KEY-3: secrets are compared by look-up and timingSafeEqual, never with an operator that stops early.
        {
          selector: `BinaryExpression[operator=/^[!=]==$/][left.type!='Literal'][left.type!='UnaryExpression'][right.type!='Literal'][right.type!='UnaryExpression'][right.name!='undefined'] > Identifier[name=${secretNames}]`,
          message: 'Compare secrets with sameSecret (lib/crypto).',
        },
      ],
    },
  },
  { files: ['lib/**/*.ts', 'app/**/*.{ts,tsx}', 'components/**/*.tsx', 'server.ts', 'middleware.ts'], ignores: ['lib/env.ts', '**/*.test.ts'], rules: { 'no-restricted-properties': ['error', { object: 'process', property: 'env', message: 'Read settings through lib/env.' }] } },
  { files: ['scripts/**', 'e2e/**', '**/*.test.ts'], rules: { 'no-console': 'off' } },
  // A token of a pattern is no secret.
  { files: ['lib/gateway/match-tokens.ts', 'lib/gateway/rule-trie.ts'], rules: { 'no-restricted-syntax': 'off' } },
)
